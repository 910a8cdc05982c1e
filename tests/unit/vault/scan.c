/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for a byte string in all writable memory of this process. Test code; reads /proc/self. */
#include "scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 16 };
static const size_t mapping_max = (size_t)1 << 30; /* sanitizers reserve far larger ones */
static uint8_t chunk[CHUNK + NEEDLE_LEN];

struct needle needle_of(const uint8_t *secret)
{
    struct needle n;
    for (size_t i = 0; i < NEEDLE_LEN; i++)
        n.inverted[i] = (uint8_t)~secret[i];
    return n;
}

static int count_in(const uint8_t *at, size_t len, const struct needle *n)
{
    int found = 0;
    for (size_t i = 0; i + NEEDLE_LEN <= len; i++) {
        size_t k = 0;
        while (k < NEEDLE_LEN && (at[i + k] ^ n->inverted[k]) == 0xFF)
            k++;
        found += k == NEEDLE_LEN;
    }
    return found;
}

static int count_mapping(int mem, size_t from, size_t to, const struct needle *n)
{
    int found = 0;
    for (size_t at = from; at < to; at += CHUNK) {
        size_t want = to - at < sizeof chunk ? to - at : sizeof chunk;
        ssize_t got;
        if (at < (size_t)(chunk + sizeof chunk) && at + want > (size_t)chunk)
            continue; /* the window itself */
        got = pread(mem, chunk, want, (off_t)at);
        if (got > 0)
            found += count_in(chunk, (size_t)got, n);
        explicit_bzero(chunk, sizeof chunk);
    }
    return found;
}

int needle_count(const struct needle *n)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int mem = open("/proc/self/mem", O_RDONLY), found = 0;
    char line[512];
    while (maps && mem >= 0 && fgets(line, sizeof line, maps)) {
        size_t from, to;
        char mode[5];
        if (sscanf(line, "%zx-%zx %4s", &from, &to, mode) == 3 && mode[0] == 'r' && mode[1] == 'w' &&
            to - from < mapping_max)
            found += count_mapping(mem, from, to, n);
    }
    if (!maps || mem < 0)
        found = -1;
    if (maps)
        fclose(maps);
    if (mem >= 0)
        close(mem);
    return found;
}
