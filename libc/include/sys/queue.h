#ifndef __BERKELEY_SYS_QUEUE_H
#define __BERKELEY_SYS_QUEUE_H

/* Lists within structures, by the names that BSD gave them: queue(3). */

#include <stddef.h>

/* A list with a link each way, from the head on. */
#define LIST_HEAD(name, type)                                                                                        \
    struct name {                                                                                                    \
        struct type *lh_first;                                                                                       \
    }
#define LIST_HEAD_INITIALIZER(head) {NULL}
#define LIST_ENTRY(type)                                                                                             \
    struct {                                                                                                         \
        struct type *le_next;                                                                                        \
        struct type **le_prev;                                                                                       \
    }
#define LIST_INIT(head) ((void)((head)->lh_first = NULL))
#define LIST_EMPTY(head) ((head)->lh_first == NULL)
#define LIST_FIRST(head) ((head)->lh_first)
#define LIST_NEXT(one, field) ((one)->field.le_next)
#define LIST_FOREACH(one, head, field) for ((one) = LIST_FIRST(head); (one); (one) = LIST_NEXT(one, field))
#define LIST_FOREACH_SAFE(one, head, field, next)                                                                    \
    for ((one) = LIST_FIRST(head); (one) && ((next) = LIST_NEXT(one, field), 1); (one) = (next))
#define __LIST_PUT(place, one, field)                                                                                \
    do {                                                                                                             \
        (one)->field.le_next = *(place);                                                                             \
        if (*(place))                                                                                                \
            (*(place))->field.le_prev = &(one)->field.le_next;                                                       \
        (one)->field.le_prev = (place);                                                                              \
        *(place) = (one);                                                                                            \
    } while (0)
#define LIST_INSERT_HEAD(head, one, field) __LIST_PUT(&(head)->lh_first, one, field)
#define LIST_INSERT_AFTER(other, one, field) __LIST_PUT(&(other)->field.le_next, one, field)
#define LIST_INSERT_BEFORE(other, one, field)                                                                        \
    do {                                                                                                             \
        (one)->field.le_prev = (other)->field.le_prev;                                                               \
        (one)->field.le_next = (other);                                                                              \
        *(other)->field.le_prev = (one);                                                                             \
        (other)->field.le_prev = &(one)->field.le_next;                                                              \
    } while (0)
#define LIST_REMOVE(one, field)                                                                                      \
    do {                                                                                                             \
        if ((one)->field.le_next)                                                                                    \
            (one)->field.le_next->field.le_prev = (one)->field.le_prev;                                              \
        *(one)->field.le_prev = (one)->field.le_next;                                                                \
    } while (0)

/* A list with one link. */
#define SLIST_HEAD(name, type)                                                                                       \
    struct name {                                                                                                    \
        struct type *slh_first;                                                                                      \
    }
#define SLIST_HEAD_INITIALIZER(head) {NULL}
#define SLIST_ENTRY(type)                                                                                            \
    struct {                                                                                                         \
        struct type *sle_next;                                                                                       \
    }
#define SLIST_INIT(head) ((void)((head)->slh_first = NULL))
#define SLIST_EMPTY(head) ((head)->slh_first == NULL)
#define SLIST_FIRST(head) ((head)->slh_first)
#define SLIST_NEXT(one, field) ((one)->field.sle_next)
#define SLIST_FOREACH(one, head, field) for ((one) = SLIST_FIRST(head); (one); (one) = SLIST_NEXT(one, field))
#define SLIST_FOREACH_SAFE(one, head, field, next)                                                                   \
    for ((one) = SLIST_FIRST(head); (one) && ((next) = SLIST_NEXT(one, field), 1); (one) = (next))
#define SLIST_INSERT_HEAD(head, one, field)                                                                          \
    ((void)((one)->field.sle_next = (head)->slh_first, (head)->slh_first = (one)))
#define SLIST_INSERT_AFTER(other, one, field)                                                                        \
    ((void)((one)->field.sle_next = (other)->field.sle_next, (other)->field.sle_next = (one)))
#define SLIST_REMOVE_HEAD(head, field) ((void)((head)->slh_first = (head)->slh_first->field.sle_next))
#define SLIST_REMOVE(head, one, type, field)                                                                         \
    do {                                                                                                             \
        struct type **__place = &(head)->slh_first;                                                                  \
        while (*__place != (one))                                                                                    \
            __place = &(*__place)->field.sle_next;                                                                   \
        *__place = (one)->field.sle_next;                                                                            \
    } while (0)

/* A queue with one link, and its end. */
#define STAILQ_HEAD(name, type)                                                                                      \
    struct name {                                                                                                    \
        struct type *stqh_first;                                                                                     \
        struct type **stqh_last;                                                                                     \
    }
#define STAILQ_HEAD_INITIALIZER(head) {NULL, &(head).stqh_first}
#define STAILQ_ENTRY(type)                                                                                           \
    struct {                                                                                                         \
        struct type *stqe_next;                                                                                      \
    }
#define STAILQ_INIT(head) ((void)((head)->stqh_first = NULL, (head)->stqh_last = &(head)->stqh_first))
#define STAILQ_EMPTY(head) ((head)->stqh_first == NULL)
#define STAILQ_FIRST(head) ((head)->stqh_first)
#define STAILQ_NEXT(one, field) ((one)->field.stqe_next)
#define STAILQ_LAST(head, type, field)                                                                               \
    (STAILQ_EMPTY(head) ? NULL                                                                                       \
                        : (struct type *)(void *)((char *)(head)->stqh_last - offsetof(struct type, field.stqe_next)))
#define STAILQ_FOREACH(one, head, field) for ((one) = STAILQ_FIRST(head); (one); (one) = STAILQ_NEXT(one, field))
#define STAILQ_FOREACH_SAFE(one, head, field, next)                                                                  \
    for ((one) = STAILQ_FIRST(head); (one) && ((next) = STAILQ_NEXT(one, field), 1); (one) = (next))
#define __STAILQ_PUT(head, place, one, field)                                                                        \
    do {                                                                                                             \
        if (((one)->field.stqe_next = *(place)) == NULL)                                                             \
            (head)->stqh_last = &(one)->field.stqe_next;                                                             \
        *(place) = (one);                                                                                            \
    } while (0)
#define STAILQ_INSERT_HEAD(head, one, field) __STAILQ_PUT(head, &(head)->stqh_first, one, field)
#define STAILQ_INSERT_AFTER(head, other, one, field) __STAILQ_PUT(head, &(other)->field.stqe_next, one, field)
#define STAILQ_INSERT_TAIL(head, one, field)                                                                         \
    ((void)((one)->field.stqe_next = NULL, *(head)->stqh_last = (one), (head)->stqh_last = &(one)->field.stqe_next))
#define STAILQ_REMOVE_HEAD(head, field)                                                                              \
    do {                                                                                                             \
        if (((head)->stqh_first = (head)->stqh_first->field.stqe_next) == NULL)                                      \
            (head)->stqh_last = &(head)->stqh_first;                                                                 \
    } while (0)
#define STAILQ_REMOVE(head, one, type, field)                                                                        \
    do {                                                                                                             \
        struct type **__place = &(head)->stqh_first;                                                                 \
        while (*__place != (one))                                                                                    \
            __place = &(*__place)->field.stqe_next;                                                                  \
        if ((*__place = (one)->field.stqe_next) == NULL)                                                             \
            (head)->stqh_last = __place;                                                                             \
    } while (0)
#define STAILQ_CONCAT(first, second)                                                                                 \
    do {                                                                                                             \
        if (!STAILQ_EMPTY(second)) {                                                                                 \
            *(first)->stqh_last = (second)->stqh_first;                                                              \
            (first)->stqh_last = (second)->stqh_last;                                                                \
            STAILQ_INIT(second);                                                                                     \
        }                                                                                                            \
    } while (0)

/* A queue with links both ways. */
#define TAILQ_HEAD(name, type)                                                                                       \
    struct name {                                                                                                    \
        struct type *tqh_first;                                                                                      \
        struct type **tqh_last;                                                                                      \
    }
#define TAILQ_HEAD_INITIALIZER(head) {NULL, &(head).tqh_first}
#define TAILQ_ENTRY(type)                                                                                            \
    struct {                                                                                                         \
        struct type *tqe_next;                                                                                       \
        struct type **tqe_prev;                                                                                      \
    }
#define TAILQ_INIT(head) ((void)((head)->tqh_first = NULL, (head)->tqh_last = &(head)->tqh_first))
#define TAILQ_EMPTY(head) ((head)->tqh_first == NULL)
#define TAILQ_FIRST(head) ((head)->tqh_first)
#define TAILQ_NEXT(one, field) ((one)->field.tqe_next)
/* A head and a link are alike, so that the place before an end is found in either. */
#define TAILQ_LAST(head, name) (*((struct name *)(void *)(head)->tqh_last)->tqh_last)
#define TAILQ_PREV(one, name, field) (*((struct name *)(void *)(one)->field.tqe_prev)->tqh_last)
#define TAILQ_FOREACH(one, head, field) for ((one) = TAILQ_FIRST(head); (one); (one) = TAILQ_NEXT(one, field))
#define TAILQ_FOREACH_SAFE(one, head, field, next)                                                                   \
    for ((one) = TAILQ_FIRST(head); (one) && ((next) = TAILQ_NEXT(one, field), 1); (one) = (next))
#define TAILQ_FOREACH_REVERSE(one, head, name, field)                                                                \
    for ((one) = TAILQ_LAST(head, name); (one); (one) = TAILQ_PREV(one, name, field))
#define __TAILQ_PUT(head, place, one, field)                                                                         \
    do {                                                                                                             \
        if (((one)->field.tqe_next = *(place)) == NULL)                                                              \
            (head)->tqh_last = &(one)->field.tqe_next;                                                               \
        else                                                                                                         \
            (*(place))->field.tqe_prev = &(one)->field.tqe_next;                                                     \
        (one)->field.tqe_prev = (place);                                                                             \
        *(place) = (one);                                                                                            \
    } while (0)
#define TAILQ_INSERT_HEAD(head, one, field) __TAILQ_PUT(head, &(head)->tqh_first, one, field)
#define TAILQ_INSERT_AFTER(head, other, one, field) __TAILQ_PUT(head, &(other)->field.tqe_next, one, field)
#define TAILQ_INSERT_BEFORE(other, one, field)                                                                       \
    do {                                                                                                             \
        (one)->field.tqe_prev = (other)->field.tqe_prev;                                                             \
        (one)->field.tqe_next = (other);                                                                             \
        *(other)->field.tqe_prev = (one);                                                                            \
        (other)->field.tqe_prev = &(one)->field.tqe_next;                                                            \
    } while (0)
#define TAILQ_INSERT_TAIL(head, one, field)                                                                          \
    do {                                                                                                             \
        (one)->field.tqe_next = NULL;                                                                                \
        (one)->field.tqe_prev = (head)->tqh_last;                                                                    \
        *(head)->tqh_last = (one);                                                                                   \
        (head)->tqh_last = &(one)->field.tqe_next;                                                                   \
    } while (0)
#define TAILQ_REMOVE(head, one, field)                                                                               \
    do {                                                                                                             \
        if ((one)->field.tqe_next)                                                                                   \
            (one)->field.tqe_next->field.tqe_prev = (one)->field.tqe_prev;                                           \
        else                                                                                                         \
            (head)->tqh_last = (one)->field.tqe_prev;                                                                \
        *(one)->field.tqe_prev = (one)->field.tqe_next;                                                              \
    } while (0)
#define TAILQ_CONCAT(first, second, field)                                                                           \
    do {                                                                                                             \
        if (!TAILQ_EMPTY(second)) {                                                                                  \
            *(first)->tqh_last = (second)->tqh_first;                                                                \
            (second)->tqh_first->field.tqe_prev = (first)->tqh_last;                                                 \
            (first)->tqh_last = (second)->tqh_last;                                                                  \
            TAILQ_INIT(second);                                                                                      \
        }                                                                                                            \
    } while (0)

#endif
