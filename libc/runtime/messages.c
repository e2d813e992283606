/* Messages in the language of the program, for there are no others. See <libintl.h>. */

#include <libintl.h>
#include <stdlib.h>
#include <string.h>

char *gettext(const char *text)
{
    return (char *)text;
}

char *dgettext(const char *domain, const char *text)
{
    (void)domain;
    return (char *)text;
}

char *dcgettext(const char *domain, const char *text, int category)
{
    (void)category;
    return dgettext(domain, text);
}

char *ngettext(const char *one, const char *many, unsigned long count)
{
    return (char *)(count == 1 ? one : many);
}

char *dngettext(const char *domain, const char *one, const char *many, unsigned long count)
{
    (void)domain;
    return ngettext(one, many, count);
}

char *dcngettext(const char *domain, const char *one, const char *many, unsigned long count, int category)
{
    (void)category;
    return dngettext(domain, one, many, count);
}

char *textdomain(const char *domain)
{
    static char *current;
    if (domain != NULL) {
        char *copy = *domain ? strdup(domain) : NULL;
        if (*domain && copy == NULL)
            return NULL;
        free(current);
        current = copy;
    }
    return current != NULL ? current : (char *)"messages";
}

/* What programs ask for is told back only as far as they have just said it: nothing depends on it. */
static char *told(const char *domain, const char *value, const char *otherwise)
{
    if (domain == NULL || *domain == 0)
        return NULL;
    return (char *)(value != NULL ? value : otherwise);
}

char *bindtextdomain(const char *domain, const char *directory)
{
    return told(domain, directory, "/usr/share/locale");
}

char *bind_textdomain_codeset(const char *domain, const char *characters)
{
    return told(domain, characters, "UTF-8");
}
