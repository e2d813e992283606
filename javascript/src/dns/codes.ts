/** The codes of node's errors of look-ups. */

export const ADDRGETNETWORKPARAMS = "EADDRGETNETWORKPARAMS";
export const BADFAMILY = "EBADFAMILY";
export const BADFLAGS = "EBADFLAGS";
export const BADHINTS = "EBADHINTS";
export const BADNAME = "EBADNAME";
export const BADQUERY = "EBADQUERY";
export const BADRESP = "EBADRESP";
export const BADSTR = "EBADSTR";
export const CANCELLED = "ECANCELLED";
export const CONNREFUSED = "ECONNREFUSED";
export const DESTRUCTION = "EDESTRUCTION";
export const EOF = "EOF";
export const FILE = "EFILE";
export const FORMERR = "EFORMERR";
export const LOADIPHLPAPI = "ELOADIPHLPAPI";
export const NODATA = "ENODATA";
export const NOMEM = "ENOMEM";
export const NONAME = "ENONAME";
export const NOTFOUND = "ENOTFOUND";
export const NOTIMP = "ENOTIMP";
export const NOTINITIALIZED = "ENOTINITIALIZED";
export const REFUSED = "EREFUSED";
export const SERVFAIL = "ESERVFAIL";
export const TIMEOUT = "ETIMEOUT";
