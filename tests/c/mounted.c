/* Lists of what is mounted, by <mntent.h>. Its argument is a directory. It prints the same natively. */

#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void tell(const struct mntent *entry)
{
    if (!entry)
        puts("the end");
    else
        printf("[%s] [%s] [%s] [%s] %d %d\n", entry->mnt_fsname, entry->mnt_dir, entry->mnt_type, entry->mnt_opts,
            entry->mnt_freq, entry->mnt_passno);
}

int main(int count, char **arguments)
{
    char room[60];
    struct mntent read, entry = {"a b\\", "/tab\there", "ext4", "rw,user=me,noauto", 1, 2};
    if (count < 2 || chdir(arguments[1]) < 0)
        return 1;
    printf("none: %d\n", setmntent("nowhere", "r") == NULL);
    FILE *list = setmntent("list", "w+");
    fputs("# what is here\n\n/dev/one / ext4 ro 0 1\n/dev/two\t/a\\040b  nfs defaults\n", list);
    printf("added: %d\n", addmntent(list, &entry));
    rewind(list);
    for (int line = 0; line < 4; line++)
        tell(getmntent(list));
    rewind(list);
    while (getmntent_r(list, &read, room, 25))
        tell(&read);
    printf("%s\n", hasmntopt(&entry, "user"));
    printf("%s\n", hasmntopt(&entry, "noauto"));
    printf("%d %d\n", hasmntopt(&entry, "use") == NULL, hasmntopt(&entry, "auto") == NULL);
    printf("ended: %d\n", endmntent(list));
    return 0;
}
