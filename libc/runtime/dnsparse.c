/* Messages of DNS, read record by record. */

#include <errno.h>
#include <resolv.h>
#include <string.h>

const struct _ns_flagdata _ns_flagdata[16] = {
    {0x8000, 15}, {0x7800, 11}, {0x0400, 10}, {0x0200, 9}, {0x0100, 8}, {0x0080, 7},
    {0x0040, 6},  {0x0020, 5},  {0x0010, 4},  {0x000f, 0},
};

static int refused(int error)
{
    errno = error;
    return -1;
}

unsigned ns_get16(const unsigned char *from)
{
    return (unsigned)from[0] << 8 | from[1];
}

unsigned long ns_get32(const unsigned char *from)
{
    return (unsigned long)ns_get16(from) << 16 | ns_get16(from + 2);
}

void ns_put16(unsigned number, unsigned char *to)
{
    to[0] = (unsigned char)(number >> 8);
    to[1] = (unsigned char)number;
}

void ns_put32(unsigned long number, unsigned char *to)
{
    ns_put16((unsigned)(number >> 16), to);
    ns_put16((unsigned)number, to + 2);
}

int ns_skiprr(const unsigned char *from, const unsigned char *end, ns_sect section, int count)
{
    const unsigned char *at = from;
    for (; count > 0; count--) {
        int name = dn_skipname(at, end);
        if (name < 0)
            return refused(EMSGSIZE);
        at += name;
        size_t fixed = NS_QFIXEDSZ + (section == ns_s_qd ? 0 : NS_INT32SZ + NS_INT16SZ);
        if ((size_t)(end - at) < fixed)
            return refused(EMSGSIZE);
        at += fixed;
        if (section != ns_s_qd) {
            size_t length = ns_get16(at - NS_INT16SZ);
            if ((size_t)(end - at) < length)
                return refused(EMSGSIZE);
            at += length;
        }
    }
    return (int)(at - from);
}

int ns_initparse(const unsigned char *message, int length, ns_msg *handle)
{
    if (length < NS_HFIXEDSZ)
        return refused(EMSGSIZE);
    const unsigned char *at = message + NS_HFIXEDSZ;
    memset(handle, 0, sizeof *handle);
    handle->_msg = message;
    handle->_eom = message + length;
    handle->_id = (uint16_t)ns_get16(message);
    handle->_flags = (uint16_t)ns_get16(message + 2);
    for (int section = 0; section < ns_s_max; section++) {
        int count = (int)ns_get16(message + 4 + 2 * section);
        handle->_counts[section] = (uint16_t)count;
        if (count == 0)
            continue;
        int skipped = ns_skiprr(at, handle->_eom, (ns_sect)section, count);
        if (skipped < 0)
            return -1;
        handle->_sections[section] = at;
        at += skipped;
    }
    handle->_sect = ns_s_max;
    handle->_rrnum = -1;
    return 0;
}

int ns_parserr(ns_msg *handle, ns_sect section, int number, ns_rr *record)
{
    if ((int)section < 0 || section >= ns_s_max)
        return refused(ENODEV);
    if (section != handle->_sect) {
        handle->_sect = section;
        handle->_rrnum = 0;
        handle->_msg_ptr = handle->_sections[section];
    }
    if (number == -1)
        number = handle->_rrnum;
    if (number < 0 || number >= handle->_counts[section])
        return refused(ENODEV);
    if (number < handle->_rrnum) {
        handle->_rrnum = 0;
        handle->_msg_ptr = handle->_sections[section];
    }
    int skipped = ns_skiprr(handle->_msg_ptr, handle->_eom, section, number - handle->_rrnum);
    if (skipped < 0)
        return -1;
    const unsigned char *at = handle->_msg_ptr + skipped;
    handle->_rrnum = number;
    handle->_msg_ptr = at;
    int whole = ns_skiprr(at, handle->_eom, section, 1);
    int name = dn_expand(handle->_msg, handle->_eom, at, record->name, sizeof record->name);
    if (whole < 0 || name < 0)
        return -1;
    at += name;
    record->type = (uint16_t)ns_get16(at);
    record->rr_class = (uint16_t)ns_get16(at + 2);
    record->ttl = 0;
    record->rdlength = 0;
    record->rdata = NULL;
    if (section != ns_s_qd) {
        record->ttl = (uint32_t)ns_get32(at + 4);
        record->rdlength = (uint16_t)ns_get16(at + 8);
        record->rdata = at + 10;
    }
    handle->_msg_ptr += whole;
    handle->_rrnum++;
    return 0;
}
