/* SPDX-License-Identifier: Apache-2.0 */
/* kill_at SHM PID COMMITS [MICROSECONDS]: ends a process with SIGKILL when its SQLite database has seen so
 * many more commits, and perhaps a little later. Kills by observation: the process itself has no hook. Edge
 * (every station of the journey). [SQLite WAL-index: "iChange", a counter incremented with each transaction]
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_LEN = 48, AT_CHANGES = 8, USAGE = 2, LOOKS_BETWEEN_CHECKS = 4096 };

static void pause_us(long us)
{
    struct timespec t = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    ppoll(NULL, 0, &t, NULL); /* what is asked for is the delay itself */
}

static uint32_t changes(const volatile uint8_t *head)
{
    return *(const volatile uint32_t *)(const volatile void *)(head + AT_CHANGES);
}

/* False when the process ended by itself. A spinning loop: between a commit and what follows it lie
 * microseconds. */
static int wait_for(const volatile uint8_t *head, uint32_t target, pid_t pid)
{
    for (unsigned long looks = 0;; looks++) {
        if ((int32_t)(changes(head) - target) >= 0)
            return 1;
        if (looks % LOOKS_BETWEEN_CHECKS == 0 && kill(pid, 0))
            return 0;
    }
}

int main(int argc, char **argv)
{
    const volatile uint8_t *head;
    uint32_t from;
    pid_t pid;
    int fd;
    if (argc < 4) {
        fprintf(stderr, "usage: kill_at SHM PID COMMITS [MICROSECONDS]\n");
        return USAGE;
    }
    fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    head = fd < 0 ? MAP_FAILED : mmap(NULL, HEAD_LEN, PROT_READ, MAP_SHARED, fd, 0);
    if (head == MAP_FAILED) {
        fprintf(stderr, "kill_at: %s: %s\n", argv[1], strerror(errno));
        return EXIT_FAILURE;
    }
    pid = (pid_t)strtol(argv[2], NULL, 10);
    from = changes(head);
    printf("armed\n");
    fflush(stdout);
    if (!wait_for(head, from + (uint32_t)strtoul(argv[3], NULL, 10), pid))
        return EXIT_FAILURE;
    if (argc > 4)
        pause_us(strtol(argv[4], NULL, 10));
    signal(SIGTERM, SIG_IGN); /* who disarms it now must hear that it was too late */
    printf(kill(pid, SIGKILL) ? "gone\n" : "killed after %u\n", changes(head) - from);
    return 0;
}
