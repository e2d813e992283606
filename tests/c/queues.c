/* Lists and queues of <sys/queue.h>: what is put in comes out in order, from either end. */

#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

struct node {
    int number;
    LIST_ENTRY(node) list;
    SLIST_ENTRY(node) single;
    STAILQ_ENTRY(node) queue;
    TAILQ_ENTRY(node) both;
};

static char text[100];

static void note(int number)
{
    sprintf(text + strlen(text), "%d", number);
}

static void told(const char *what, const char *expected)
{
    printf("%s %s\n", what, strcmp(text, expected) == 0 ? "ok" : text);
    text[0] = 0;
}

int main(void)
{
    struct node nodes[5], *one, *next;
    for (int at = 0; at < 5; at++)
        nodes[at].number = at;

    LIST_HEAD(, node) list = LIST_HEAD_INITIALIZER(list);
    LIST_INSERT_HEAD(&list, &nodes[1], list);
    LIST_INSERT_HEAD(&list, &nodes[0], list);
    LIST_INSERT_AFTER(&nodes[1], &nodes[3], list);
    LIST_INSERT_BEFORE(&nodes[3], &nodes[2], list);
    LIST_FOREACH(one, &list, list) note(one->number);
    LIST_REMOVE(&nodes[3], list);
    LIST_REMOVE(&nodes[0], list);
    LIST_FOREACH_SAFE(one, &list, list, next) note(one->number);
    told("list", "012312");

    SLIST_HEAD(, node) single = SLIST_HEAD_INITIALIZER(single);
    SLIST_INSERT_HEAD(&single, &nodes[2], single);
    SLIST_INSERT_HEAD(&single, &nodes[0], single);
    SLIST_INSERT_AFTER(&nodes[0], &nodes[1], single);
    SLIST_FOREACH(one, &single, single) note(one->number);
    SLIST_REMOVE(&single, &nodes[2], node, single);
    SLIST_REMOVE_HEAD(&single, single);
    SLIST_FOREACH(one, &single, single) note(one->number);
    told("single", "0121");

    STAILQ_HEAD(, node) queue = STAILQ_HEAD_INITIALIZER(queue), more = STAILQ_HEAD_INITIALIZER(more);
    STAILQ_INSERT_TAIL(&queue, &nodes[1], queue);
    STAILQ_INSERT_HEAD(&queue, &nodes[0], queue);
    STAILQ_INSERT_AFTER(&queue, &nodes[1], &nodes[2], queue);
    STAILQ_INSERT_TAIL(&more, &nodes[3], queue);
    STAILQ_CONCAT(&queue, &more);
    STAILQ_FOREACH(one, &queue, queue) note(one->number);
    note(STAILQ_LAST(&queue, node, queue)->number);
    STAILQ_REMOVE(&queue, &nodes[3], node, queue);
    STAILQ_REMOVE_HEAD(&queue, queue);
    STAILQ_INSERT_TAIL(&queue, &nodes[4], queue);
    STAILQ_FOREACH(one, &queue, queue) note(one->number);
    told("queue", "01233124");

    TAILQ_HEAD(ends, node) both = TAILQ_HEAD_INITIALIZER(both), other = TAILQ_HEAD_INITIALIZER(other);
    TAILQ_INSERT_TAIL(&both, &nodes[1], both);
    TAILQ_INSERT_HEAD(&both, &nodes[0], both);
    TAILQ_INSERT_AFTER(&both, &nodes[1], &nodes[3], both);
    TAILQ_INSERT_BEFORE(&nodes[3], &nodes[2], both);
    TAILQ_INSERT_TAIL(&other, &nodes[4], both);
    TAILQ_CONCAT(&both, &other, both);
    TAILQ_FOREACH(one, &both, both) note(one->number);
    TAILQ_FOREACH_REVERSE(one, &both, ends, both) note(one->number);
    TAILQ_REMOVE(&both, &nodes[4], both);
    TAILQ_REMOVE(&both, &nodes[0], both);
    note(TAILQ_LAST(&both, ends)->number);
    TAILQ_FOREACH_SAFE(one, &both, both, next) TAILQ_REMOVE(&both, one, both);
    note(TAILQ_EMPTY(&both));
    told("both", "0123443210" "31");
    return 0;
}
