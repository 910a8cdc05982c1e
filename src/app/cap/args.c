/* SPDX-License-Identifier: Apache-2.0 */
/* The options of `tsm cap check`: export files, a profile, AID prefixes, hashes. Edge. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cap/check.h"
#include "base/hex.h"
#include "base/json.h"

enum { LINE = 512 };

static enum tsm_err read_whole(const char *path, struct bytes *out)
{
    FILE *f = fopen(path, "rb");
    uint8_t *at = f ? malloc(CHECK_FILE_MAX + 1) : NULL;
    size_t len = at ? fread(at, 1, CHECK_FILE_MAX + 1, f) : 0;
    if (f)
        fclose(f);
    if (!f || !at || len > CHECK_FILE_MAX) {
        free(at);
        return f && at ? FAIL(TOO_LONG, "%s has more than %d octets", path, CHECK_FILE_MAX)
                       : FAIL(IO, "%s cannot be read", path);
    }
    *out = BYTES_OF(at, len);
    return TSM_OK;
}

static enum tsm_err add_export(struct check *c, const char *path)
{
    NEED(c->exports < CHECK_LIST_MAX, TOO_LONG);
    TRY(read_whole(path, &c->export_file[c->exports]));
    c->exports++;
    return TSM_OK;
}

static enum tsm_err add_aid(const char *text, struct bytes *list, uint8_t (*room)[16], size_t *count)
{
    size_t len;
    NEED(*count < CHECK_LIST_MAX, TOO_LONG);
    TRY(hex_read(text, room[*count], sizeof room[0], &len));
    list[*count] = BYTES_OF(room[*count], len);
    ++*count;
    return TSM_OK;
}

static enum tsm_err add_hash(struct check *c, const char *text)
{
    size_t len;
    NEED(c->hashes < CHECK_LIST_MAX, TOO_LONG);
    TRY(hex_read(text, c->hash[c->hashes], SHA256_LEN, &len));
    if (len != SHA256_LEN)
        return FAIL(BAD_LENGTH, "a hash has %d octets", SHA256_LEN);
    c->hashes++;
    return TSM_OK;
}

/* A hash, or @FILE: one a line, the rest of a line and lines with # are comments. */
static enum tsm_err add_hashes(struct check *c, const char *arg)
{
    char line[LINE];
    FILE *f;
    enum tsm_err e = TSM_OK;
    if (arg[0] != '@')
        return add_hash(c, arg);
    f = fopen(arg + 1, "r");
    if (!f)
        return FAIL(IO, "%s cannot be opened", arg + 1);
    while (e == TSM_OK && fgets(line, sizeof line, f)) {
        line[strcspn(line, " \t\r\n")] = '\0';
        if (line[0] && line[0] != '#')
            e = add_hash(c, line);
    }
    fclose(f);
    return e;
}

/* The profile of this name in a document with "profiles"; the document itself without a name. */
static const json_t *pick(const json_t *document, const char *name)
{
    const json_t *list = json_object_get(document, "profiles");
    if (!name)
        return document;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_member(json_array_get(list, i), "name"), name) == 0)
            return json_array_get(list, i);
    return NULL;
}

static enum tsm_err read_profile(struct check *c)
{
    char path[LINE];
    const char *name = strchr(c->profile, '#');
    struct bytes text;
    json_t *document;
    enum tsm_err e;
    snprintf(path, sizeof path, "%.*s", (int)strcspn(c->profile, "#"), c->profile);
    TRY(read_whole(path, &text));
    e = json_read(text, &document);
    free((void *)text.at);
    TRY(e);
    e = pick(document, name ? name + 1 : NULL)
            ? profile_read(pick(document, name ? name + 1 : NULL), &c->se)
            : FAIL(NOT_FOUND, "%s has no profile \"%s\"", path, name ? name + 1 : "");
    json_decref(document);
    TRY(e);
    return admission_of_profile(&c->se, &c->admission);
}

static enum tsm_err one_option(struct check *c, int letter)
{
    switch (letter) {
    case 'e':
        return add_export(c, optarg);
    case 'o':
        return add_aid(optarg, c->owner, c->owner_room, &c->owners);
    case 't':
        return add_aid(optarg, c->taken_aid, c->taken_room, &c->taken);
    case 'a':
        return add_hashes(c, optarg);
    case 'p':
        c->profile = optarg;
        return TSM_OK;
    case 'j':
        c->json = true;
        return TSM_OK;
    case 'u':
        c->allow_unproven = true;
        return TSM_OK;
    case 'H':
        c->hash_only = true;
        return TSM_OK;
    default:
        return FAIL(BAD_FORM, "see tsm cap check --help");
    }
}

static void lists(struct check *c)
{
    struct cap_policy *p = &c->admission.policy;
    p->owner = c->owner;
    p->owner_count = c->owners;
    p->taken = c->taken_aid;
    p->taken_count = c->taken;
    p->hash = (const uint8_t(*)[SHA256_LEN])c->hash;
    p->hash_count = c->hashes;
    p->hash_only = c->hash_only;
    p->allow_unproven = c->allow_unproven;
}

enum tsm_err check_args(int argc, char **argv, struct check *out, bool *show_help)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},           {"help", no_argument, NULL, 'h'},
        {"profile", required_argument, NULL, 'p'},  {"export", required_argument, NULL, 'e'},
        {"owner", required_argument, NULL, 'o'},    {"taken", required_argument, NULL, 't'},
        {"allow", required_argument, NULL, 'a'},    {"allow-only", no_argument, NULL, 'H'},
        {"allow-unproven", no_argument, NULL, 'u'}, {NULL, 0, NULL, 0}};
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        *show_help |= letter == 'h';
        if (*show_help)
            return TSM_OK;
        TRY(one_option(out, letter));
    }
    if (argc - optind != 1)
        return FAIL(BAD_FORM, "one file is judged at a time");
    out->path = argv[optind];
    if (out->profile)
        TRY(read_profile(out));
    lists(out);
    return TSM_OK;
}

void check_free(struct check *c)
{
    for (size_t i = 0; i < c->exports; i++)
        free((void *)c->export_file[i].at);
    c->exports = 0;
}
