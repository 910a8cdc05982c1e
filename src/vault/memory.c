/* SPDX-License-Identifier: Apache-2.0 */
/* Locked, undumped, wiped pages for keys, and the hardening of the process that holds them. Edge. [mlock(2),
 * madvise(2), prctl(2), core(5)] */
#include "vault/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/json.h"

static size_t whole_pages(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (size + page - 1) / page * page;
}

enum tsm_err locked_new(size_t size, void **out)
{
    size_t n = whole_pages(size);
    void *at = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return FAIL(NO_MEMORY, "no pages for keys: %s", strerror(errno));
    if (mlock(at, n) != 0 || madvise(at, n, MADV_DONTDUMP) != 0) {
        int why = errno;
        munmap(at, n);
        return FAIL(NO_MEMORY, "pages for keys cannot be locked (RLIMIT_MEMLOCK): %s", strerror(why));
    }
    *out = at;
    return TSM_OK;
}

void locked_free(void *at, size_t size)
{
    if (!at)
        return;
    explicit_bzero(at, size);
    munmap(at, whole_pages(size));
}

/* JSON trees hold card records for a moment; jansson frees what it read without wiping it. */
static void free_wiped(void *at)
{
    if (at)
        explicit_bzero(at, malloc_usable_size(at));
    free(at);
}

/* Bit 4: heads of ELF files. Anonymous pages (bits 0 and 1) are heaps and stacks. */
bool vault_guard(void)
{
    static const char filter[] = "0x10\n";
    int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    bool said = fd >= 0 && write(fd, filter, sizeof filter - 1) == (ssize_t)(sizeof filter - 1);
    if (fd >= 0)
        close(fd);
    json_memory(free_wiped);
    return said;
}

enum tsm_err vault_harden(bool *all_locked)
{
    struct rlimit none = {0, 0};
    struct rlimit lock;
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return FAIL(IO, "the process cannot be made undumpable: %s", strerror(errno));
    json_memory(free_wiped);
    /* With a finite limit MCL_FUTURE would make later allocations fail instead of staying unlocked. */
    *all_locked = getrlimit(RLIMIT_MEMLOCK, &lock) == 0 && lock.rlim_cur == RLIM_INFINITY &&
                  mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
    return TSM_OK;
}
