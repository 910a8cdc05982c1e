/* SPDX-License-Identifier: Apache-2.0 */
/* What the story shows: a headline an act, a line a station. Plain ASCII where the output is no terminal or
 * NO_COLOR is set. Edge. */
#include "bank/story/story.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CLOCK_AT = 11, CLOCK_LEN = 12 }; /* "HH:MM:SS.mmm" within an RFC 3339 time */

/* Text of a server goes to a terminal: whatever could steer it is shown as '?'. */
static void put_clean(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text >= ' ' && *text != 0x7F ? *text : '?');
}

void story_headline(const struct story *s, const char *text)
{
    printf(s->fancy ? "\n\033[1m%s\033[0m\n" : "\n%s\n", text);
    fflush(stdout);
}

void story_line(const char *format, ...)
{
    char text[STORY_MAX_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fputs("  ", stdout);
    put_clean(text);
    putchar('\n');
    fflush(stdout);
}

void story_step(const json_t *step)
{
    const char *at = bank_text(step, "at"), *role = bank_text(step, "role"), *text = bank_text(step, "text");
    story_line("%2d %-7.12s %.*s  %s", (int)json_integer_value(json_object_get(step, "station")), role,
               strlen(at) > CLOCK_AT ? CLOCK_LEN : 0, strlen(at) > CLOCK_AT ? at + CLOCK_AT : "", text);
}
