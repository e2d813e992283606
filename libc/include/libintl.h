#ifndef __BERKELEY_LIBINTL_H
#define __BERKELEY_LIBINTL_H

#define __USE_GNU_GETTEXT 1

#ifdef __cplusplus
extern "C" {
#endif

/* There are no catalogues: each text is its own translation, and of two the one that English has for the number. */
char *gettext(const char *);
char *dgettext(const char *, const char *);
char *dcgettext(const char *, const char *, int);
char *ngettext(const char *, const char *, unsigned long);
char *dngettext(const char *, const char *, const char *, unsigned long);
char *dcngettext(const char *, const char *, const char *, unsigned long, int);
/* The domain that was set last, "messages" at first. */
char *textdomain(const char *);
/* The directory, or the set of characters, that was given: what is told back is what the next call is told. */
char *bindtextdomain(const char *, const char *);
char *bind_textdomain_codeset(const char *, const char *);

#ifdef __cplusplus
}
#endif

#endif
