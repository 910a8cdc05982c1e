/* SPDX-License-Identifier: Apache-2.0 */
/* What the story proves: each check with its detail, written as one JSON file at the end. Edge. */
#include "bank/story/story.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

long long story_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *mark(const struct story *s, bool ok)
{
    if (s->fancy)
        return ok ? "\033[32m\u2713\033[0m" : "\033[31m\u2717\033[0m";
    return ok ? "ok  " : "FAIL";
}

bool story_check(struct story *s, const struct customer *c, bool ok, const char *name, const char *detail)
{
    char full[STORY_MAX_TEXT];
    snprintf(full, sizeof full, "%s%s%s", c ? c->name : "", c ? ": " : "", name);
    json_array_append_new(s->checks, json_pack("{s:s,s:b,s:s}", "name", full, "ok", ok, "detail", detail));
    if (ok)
        s->passed++;
    else
        s->failed++;
    printf("  %s %s", mark(s, ok), name);
    printf(*detail ? " (%s)\n" : "\n", detail);
    fflush(stdout);
    return ok;
}

bool story_make_folders(const char *file)
{
    char path[STORY_MAX_PATH];
    if (strlen(file) >= sizeof path)
        return false;
    strcpy(path, file);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}

/* A reader sees the old file or the whole new one. */
static bool replace_file(const char *path, const char *text)
{
    char draft[STORY_MAX_PATH + 8];
    snprintf(draft, sizeof draft, "%s.new", path);
    FILE *f = fopen(draft, "we");
    bool written = f && fputs(text, f) >= 0 && fputc('\n', f) != EOF;
    if (f && fclose(f) != 0)
        written = false;
    return written && rename(draft, path) == 0;
}

static void time_text(char out[32])
{
    time_t now = time(NULL);
    struct tm t;
    gmtime_r(&now, &t);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &t);
}

static json_t *gather(const struct story *s, json_t *callbacks, double seconds)
{
    char at[32];
    time_text(at);
    return json_pack("{s:s,s:s,s:f,s:i,s:i,s:O,s:O,s:O,s:O*}", "story", "payment card", "ended", at,
                     "seconds", seconds, "passed", (int)s->passed, "failed", (int)s->failed, "checks",
                     s->checks, "orders", s->orders, "payments", s->payments, "callbacks", callbacks);
}

bool story_write_evidence(struct story *s, json_t *callbacks, double seconds)
{
    char *text = NULL;
    json_t *all =
        json_pack("{s:O,s:O,s:O*}", "orders", s->orders, "payments", s->payments, "callbacks", callbacks);
    char *told = all ? json_dumps(all, 0) : NULL;
    story_headline(s, "What was told");
    story_check(s, NULL, told && !story_tells_pan(told),
                "no order, timeline, payment record or callback holds a whole card number", "");
    free(told);
    json_decref(all);
    all = gather(s, callbacks, seconds);
    text = all ? json_dumps(all, JSON_INDENT(1)) : NULL;
    bool written = text && replace_file(s->evidence, text);
    if (!written)
        fprintf(stderr, "bank: cannot write %s\n", s->evidence);
    free(text);
    json_decref(all);
    return written;
}
