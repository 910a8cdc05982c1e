/* SPDX-License-Identifier: Apache-2.0 */
/* The words of one source line of capasm and their readings (build tool, pure apart from messages). */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capasm.h"

static const char blanks[] = " \t\r\n";

int line_split(struct line *l)
{
    char *comment = strchr(l->text, '#');
    char *rest = NULL;

    if (comment != NULL)
        *comment = '\0';
    l->count = 0;
    for (char *w = strtok_r(l->text, blanks, &rest); w != NULL; w = strtok_r(NULL, blanks, &rest)) {
        if (l->count == WORDS_MAX)
            return fail(l->at, "more than %d words on a line", WORDS_MAX);
        l->word[l->count++] = w;
    }
    return 0;
}

/* The word, or NULL after a message. */
static const char *word(const struct line *l, size_t index, const char *what)
{
    if (index < l->count)
        return l->word[index];
    fail(l->at, "'%s' needs %s as word %zu", l->word[0], what, index + 1);
    return NULL;
}

int word_number(const struct line *l, size_t index, long min, long max, long *out)
{
    const char *w = word(l, index, "a number");
    char *end = NULL;

    if (w == NULL)
        return -1;
    errno = 0;
    const long value = strtol(w, &end, 0);
    if (errno != 0 || end == w || *end != '\0')
        return fail(l->at, "'%s' is not a number", w);
    if (value < min || value > max)
        return fail(l->at, "%ld is not within %ld and %ld", value, min, max);
    *out = value;
    return 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const int upper = toupper((unsigned char)c);
    return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

int word_aid(const struct line *l, size_t index, struct aid *out)
{
    const char *w = word(l, index, "an AID");

    if (w == NULL)
        return -1;
    const size_t digits = strlen(w);
    if (digits % 2 != 0 || digits < 2 * AID_MIN || digits > 2 * AID_MAX)
        return fail(l->at, "an AID has %d to %d octets, '%s' has not", AID_MIN, AID_MAX, w);
    for (size_t i = 0; i < digits; i += 2) {
        const int high = hex_digit(w[i]), low = hex_digit(w[i + 1]);
        if (high < 0 || low < 0)
            return fail(l->at, "'%s' is not hexadecimal", w);
        out->value[i / 2] = (uint8_t)(high << 4 | low);
    }
    out->len = (uint8_t)(digits / 2);
    return 0;
}

int word_version(const struct line *l, size_t index, uint8_t *major, uint8_t *minor)
{
    const char *w = word(l, index, "a version");
    char *end = NULL;

    if (w == NULL)
        return -1;
    if (!isdigit((unsigned char)*w))
        return fail(l->at, "'%s' is not a version MAJOR.MINOR", w);
    const unsigned long high = strtoul(w, &end, 10);
    if (*end != '.' || !isdigit((unsigned char)end[1]))
        return fail(l->at, "'%s' is not a version MAJOR.MINOR", w);
    const unsigned long low = strtoul(end + 1, &end, 10);
    if (*end != '\0' || high > UINT8_MAX || low > UINT8_MAX)
        return fail(l->at, "'%s' is not a version MAJOR.MINOR", w);
    *major = (uint8_t)high;
    *minor = (uint8_t)low;
    return 0;
}

int word_name(const struct line *l, size_t index, char out[NAME_MAX_LEN + 1])
{
    const char *w = word(l, index, "a name");

    if (w == NULL)
        return -1;
    if (strlen(w) > NAME_MAX_LEN)
        return fail(l->at, "a name has at most %d characters", NAME_MAX_LEN);
    strcpy(out, w);
    return 0;
}

int word_signature(const struct line *l, size_t index, char out[SIGNATURE_MAX + 1])
{
    const char *w = word(l, index, "a signature");

    if (w == NULL)
        return -1;
    if (strlen(w) > SIGNATURE_MAX)
        return fail(l->at, "a signature has at most %d characters", SIGNATURE_MAX);
    if (signature_args(w) < 0)
        return fail(l->at, "'%s' is not a method signature of Z, B, S, [ and LName; types", w);
    strcpy(out, w);
    return 0;
}
