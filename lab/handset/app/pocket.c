/* SPDX-License-Identifier: Apache-2.0 */
/* A card within the handset's process, kept in a file. Edge (station 10, the card's side). */
#include "handset/app/pocket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_PATH = 1024, OWNER_ONLY = 0077 };

struct card *pocket_open(const char *path, const struct card_config *cfg)
{
    FILE *f = path ? fopen(path, "rb") : NULL;
    if (!f)
        return !path || errno == ENOENT ? card_new(cfg) : NULL;
    uint8_t *image = malloc(CARD_MAX_FROZEN);
    size_t n = image ? fread(image, 1, CARD_MAX_FROZEN, f) : 0;
    struct card *c = n ? card_thaw(cfg, image, n) : NULL;
    fclose(f);
    if (image)
        explicit_bzero(image, n);
    free(image);
    return c;
}

/* Keys are in it: for the user alone. */
static bool write_file(const char *path, const uint8_t *image, size_t n)
{
    mode_t before = umask(OWNER_ONLY);
    FILE *f = fopen(path, "wb");
    umask(before);
    bool fine = f && fwrite(image, 1, n, f) == n;
    if (f)
        fine = fclose(f) == 0 && fine;
    return fine;
}

bool pocket_close(const char *path, const struct card_config *cfg, const struct card *c)
{
    char fresh[MAX_PATH];
    uint8_t *image = malloc(CARD_MAX_FROZEN);
    bool fine = image && card_is_quiet(c) && snprintf(fresh, sizeof fresh, "%s.new", path) < MAX_PATH;
    size_t n = fine ? card_freeze(c, cfg, image, CARD_MAX_FROZEN) : 0;
    fine = n > 0 && write_file(fresh, image, n) && rename(fresh, path) == 0;
    if (image)
        explicit_bzero(image, n);
    free(image);
    return fine;
}
