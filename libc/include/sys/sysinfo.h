#ifndef __BERKELEY_SYS_SYSINFO_H
#define __BERKELEY_SYS_SYSINFO_H

struct sysinfo {
    long uptime;
    unsigned long loads[3];
    unsigned long totalram;
    unsigned long freeram;
    unsigned long sharedram;
    unsigned long bufferram;
    unsigned long totalswap;
    unsigned long freeswap;
    unsigned short procs;
    unsigned short pad;
    unsigned long totalhigh;
    unsigned long freehigh;
    unsigned int mem_unit;
};

#define SI_LOAD_SHIFT 16

#ifdef __cplusplus
extern "C" {
#endif

/* ENOSYS: a guest is not told of the host. */
int sysinfo(struct sysinfo *);
/* One processor runs a guest. */
int get_nprocs(void);
int get_nprocs_conf(void);
/* The pages of 64 KiB that a component can have, and those that it has not yet. */
long get_phys_pages(void);
long get_avphys_pages(void);

#ifdef __cplusplus
}
#endif

#endif
