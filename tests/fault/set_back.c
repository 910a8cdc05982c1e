/* SPDX-License-Identifier: Apache-2.0 */
/* A time of day that can be set while a program runs, for LD_PRELOAD: CLOCK_REALTIME plus the seconds
 * (int64_t) that stand in the file TSM_TIME_OFFSET. What has passed (CLOCK_MONOTONIC, CLOCK_BOOTTIME) is as
 * it is. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *offset;

__attribute__((constructor)) static void open_offset(void)
{
    const char *path = getenv("TSM_TIME_OFFSET");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, fd, 0);
    offset = at == MAP_FAILED ? NULL : at;
    if (fd >= 0)
        close(fd);
}

int clock_gettime(clockid_t which, struct timespec *out)
{
    long status = syscall(SYS_clock_gettime, which, out);
    if (status == 0 && which == CLOCK_REALTIME && offset)
        out->tv_sec += *offset;
    return (int)status;
}

time_t time(time_t *out)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec t;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &t);
    *out = (struct timeval){.tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000};
    return 0;
}
