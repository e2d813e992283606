/* zig has this header for all systems of musl; a component has none of its functions, and configure must find that. */
#error "<sys/sysinfo.h> is not there: a component has none of its functions"
