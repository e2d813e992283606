#ifndef __BERKELEY_ERROR_H
#define __BERKELEY_ERROR_H

/* GNU's messages of errors: error(3). */

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the program's name, the message, and the text of the error unless its number is 0; ends with the status unless that is 0. */
void error(int, int, const char *, ...) __attribute__((__format__(__printf__, 3, 4)));
/* The same, with a file's name and a line. */
void error_at_line(int, int, const char *, unsigned, const char *, ...) __attribute__((__format__(__printf__, 5, 6)));

/* How often they have told something. */
extern unsigned error_message_count;
/* Whether error_at_line tells only the first of a line. */
extern int error_one_per_line;
/* Writes the program's name in the place of its own. */
extern void (*error_print_progname)(void);

#ifdef __cplusplus
}
#endif

#endif
