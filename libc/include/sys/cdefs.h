#ifndef __BERKELEY_SYS_CDEFS_H
#define __BERKELEY_SYS_CDEFS_H

/* What headers that come from BSD's begin with. */

#ifdef __cplusplus
#define __BEGIN_DECLS extern "C" {
#define __END_DECLS }
#else
#define __BEGIN_DECLS
#define __END_DECLS
#endif

#define __CONCAT(one, other) one##other
#define __STRING(text) #text
#define __P(parameters) parameters
#define __THROW
#define __nonnull(parameters)
#define __wur
#define __attribute_pure__ __attribute__((__pure__))

#endif
