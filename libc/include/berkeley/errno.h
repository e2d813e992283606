/* Generated from the table in constants/ by `cargo xtask headers`. */
#ifndef __BERKELEY_ERRNO_NUMBERS_H
#define __BERKELEY_ERRNO_NUMBERS_H

#undef ENOTBLK
#define ENOTBLK 1015
#undef ECHRNG
#define ECHRNG 1044
#undef EL2NSYNC
#define EL2NSYNC 1045
#undef EL3HLT
#define EL3HLT 1046
#undef EL3RST
#define EL3RST 1047
#undef ELNRNG
#define ELNRNG 1048
#undef EUNATCH
#define EUNATCH 1049
#undef ENOCSI
#define ENOCSI 1050
#undef EL2HLT
#define EL2HLT 1051
#undef EBADE
#define EBADE 1052
#undef EBADR
#define EBADR 1053
#undef EXFULL
#define EXFULL 1054
#undef ENOANO
#define ENOANO 1055
#undef EBADRQC
#define EBADRQC 1056
#undef EBADSLT
#define EBADSLT 1057
#undef EBFONT
#define EBFONT 1059
#undef ENOSTR
#define ENOSTR 1060
#undef ENODATA
#define ENODATA 1061
#undef ETIME
#define ETIME 1062
#undef ENOSR
#define ENOSR 1063
#undef ENONET
#define ENONET 1064
#undef ENOPKG
#define ENOPKG 1065
#undef EREMOTE
#define EREMOTE 1066
#undef EADV
#define EADV 1068
#undef ESRMNT
#define ESRMNT 1069
#undef ECOMM
#define ECOMM 1070
#undef EDOTDOT
#define EDOTDOT 1073
#undef ENOTUNIQ
#define ENOTUNIQ 1076
#undef EBADFD
#define EBADFD 1077
#undef EREMCHG
#define EREMCHG 1078
#undef ELIBACC
#define ELIBACC 1079
#undef ELIBBAD
#define ELIBBAD 1080
#undef ELIBSCN
#define ELIBSCN 1081
#undef ELIBMAX
#define ELIBMAX 1082
#undef ELIBEXEC
#define ELIBEXEC 1083
#undef ERESTART
#define ERESTART 1085
#undef ESTRPIPE
#define ESTRPIPE 1086
#undef EUSERS
#define EUSERS 1087
#undef ESOCKTNOSUPPORT
#define ESOCKTNOSUPPORT 1094
#undef EPFNOSUPPORT
#define EPFNOSUPPORT 1096
#undef ESHUTDOWN
#define ESHUTDOWN 1108
#undef ETOOMANYREFS
#define ETOOMANYREFS 1109
#undef EHOSTDOWN
#define EHOSTDOWN 1112
#undef EUCLEAN
#define EUCLEAN 1117
#undef ENOTNAM
#define ENOTNAM 1118
#undef ENAVAIL
#define ENAVAIL 1119
#undef EISNAM
#define EISNAM 1120
#undef EREMOTEIO
#define EREMOTEIO 1121
#undef ENOMEDIUM
#define ENOMEDIUM 1123
#undef EMEDIUMTYPE
#define EMEDIUMTYPE 1124
#undef ENOKEY
#define ENOKEY 1126
#undef EKEYEXPIRED
#define EKEYEXPIRED 1127
#undef EKEYREVOKED
#define EKEYREVOKED 1128
#undef EKEYREJECTED
#define EKEYREJECTED 1129
#undef ERFKILL
#define ERFKILL 1132
#undef EHWPOISON
#define EHWPOISON 1133

#endif
