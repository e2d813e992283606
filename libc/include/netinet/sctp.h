#ifndef __BERKELEY_NETINET_SCTP_H
#define __BERKELEY_NETINET_SCTP_H

#include <berkeley/sctp.h>

#endif
