/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target without libFuzzer: its seeds, every prefix of them, and a fixed sequence of mutations,
 * so that the ordinary test run exercises every reader the same way each time. Test code; reads seed files.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS_MAX = 64, INPUT_MAX = 4096, MUTATIONS = 30000, EDITS_MAX = 6, PATH_ROOM = 1024 };

struct input {
    size_t len;
    uint8_t at[INPUT_MAX];
};

static struct input seeds[SEEDS_MAX];
static size_t seed_count;
static uint64_t state = 0x9E3779B97F4A7C15;

/* xorshift64*: the same sequence on every machine */
static uint32_t draw(uint32_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return below ? (uint32_t)((state * 0x2545F4914F6CDD1DULL) >> 33) % below : 0;
}

static int nibble(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;
    if (c >= '0' && c <= '9')
        return c - '0';
    return at ? (int)(at - digits) : -1;
}

static void seed_from_hex(const char *text)
{
    struct input *in = &seeds[seed_count++];
    for (; text[0] && text[1] && in->len < INPUT_MAX; text += 2)
        in->at[in->len++] = (uint8_t)(nibble(text[0]) << 4 | nibble(text[1]));
}

static void seed_from_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return;
    seeds[seed_count].len = fread(seeds[seed_count].at, 1, INPUT_MAX, f);
    seed_count++;
    fclose(f);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void seeds_from_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, NULL, by_name);
    for (int i = 0; i < n; i++) {
        char path[PATH_ROOM];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && seed_count < SEEDS_MAX)
            seed_from_file(path);
        free(entries[i]);
    }
    free(entries);
}

static void insert(struct input *in, size_t at, uint8_t octet)
{
    if (in->len == INPUT_MAX)
        return;
    memmove(in->at + at + 1, in->at + at, in->len - at);
    in->at[at] = octet;
    in->len++;
}

static void erase(struct input *in, size_t at, size_t n)
{
    if (n > in->len - at)
        n = in->len - at;
    memmove(in->at + at, in->at + at + n, in->len - at - n);
    in->len -= n;
}

static void edit(struct input *in)
{
    static const uint8_t edges[] = {0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFE, 0xFF};
    size_t at = draw((uint32_t)in->len);
    const struct input *other = &seeds[draw((uint32_t)seed_count)];
    switch (in->len ? draw(7) : 2) {
    case 0:
        in->at[at] ^= (uint8_t)(1u << draw(8));
        break;
    case 1:
        in->at[at] = edges[draw(sizeof edges)];
        break;
    case 2:
        insert(in, at, (uint8_t)draw(256));
        break;
    case 3:
        erase(in, at, 1 + draw(4));
        break;
    case 4:
        in->len = at; /* cut */
        break;
    case 5:
        in->at[at] = (uint8_t)draw(256);
        break;
    default:
        for (size_t i = draw((uint32_t)other->len); i < other->len && in->len < INPUT_MAX; i++)
            insert(in, in->len, other->at[i]); /* the tail of another seed */
    }
}

/* An exact-size heap copy, so that a sanitizer sees one octet too far. */
static void run(const struct input *in)
{
    uint8_t *copy = malloc(in->len ? in->len : 1);
    if (!copy)
        abort();
    memcpy(copy, in->at, in->len);
    LLVMFuzzerTestOneInput(copy, in->len);
    free(copy);
}

int main(int argc, char **argv)
{
    static struct input in;
    if (fuzz_seeds)
        for (size_t i = 0; fuzz_seeds[i] && seed_count < SEEDS_MAX; i++)
            seed_from_hex(fuzz_seeds[i]);
    if (argc > 1)
        seeds_from_folder(argv[1]);
    if (seed_count == 0)
        seed_count = 1; /* the empty input */
    puts("TAP version 13\n1..2");
    for (size_t i = 0; i < seed_count; i++)
        for (in = seeds[i]; in.len; in.len--)
            run(&in);
    printf("ok 1 - %zu seeds and all their prefixes are read without a fault\n", seed_count);
    fflush(stdout);
    for (int i = 0; i < MUTATIONS; i++) {
        in = seeds[draw((uint32_t)seed_count)];
        for (uint32_t n = 1 + draw(EDITS_MAX); n; n--)
            edit(&in);
        run(&in);
    }
    printf("ok 2 - %d mutated inputs are read without a fault\n", MUTATIONS);
    return 0;
}
