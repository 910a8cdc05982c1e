/* SPDX-License-Identifier: Apache-2.0 */
/* The little language of personalisation profiles. Station 5. Pure. [docs/personalisation.md] */
#include "emv/perso/template.h"

#include <string.h>

#include "base/ber.h"
#include "base/hex.h"

enum { HEX_RUN_MAX = 512 };

struct parser {
    struct reader left;
    size_t total;
    const struct template_source *source;
};

static enum tsm_err fault(const struct parser *p, const char *what)
{
    return FAIL(BAD_FORM, "template, character %zu: %s", p->total - p->left.left.len + 1, what);
}

static void skip_spaces(struct parser *p)
{
    struct bytes unused;
    while (p->left.left.len && strchr(" \t\n", p->left.left.at[0]))
        if (read_span(&p->left, 1, &unused) != TSM_OK)
            return;
}

/* The next character, 0 at the end. */
static char peek(const struct parser *p)
{
    return p->left.left.len ? (char)p->left.left.at[0] : 0;
}

static bool take(struct parser *p, char c)
{
    struct bytes unused;
    return c && peek(p) == c && read_span(&p->left, 1, &unused) == TSM_OK;
}

/* Characters of one class, as text: at least one, at most room-1. */
static enum tsm_err run_of(struct parser *p, const char *class, char *out, size_t room)
{
    struct bytes run;
    size_t n = 0;
    while (n < p->left.left.len && p->left.left.at[n] && strchr(class, p->left.left.at[n]))
        n++;
    if (n == 0 || n >= room)
        return fault(p, n ? "too long" : "something else is expected here");
    TRY(read_span(&p->left, n, &run));
    memcpy(out, run.at, n);
    out[n] = 0;
    return TSM_OK;
}

static enum tsm_err variable(struct parser *p, struct writer *w)
{
    char name[TEMPLATE_NAME_MAX + 1];
    TRY(run_of(p, "abcdefghijklmnopqrstuvwxyz0123456789_", name, sizeof name));
    if (!take(p, '}'))
        return fault(p, "a variable ends with }");
    return p->source->value(p->source->self, name, w);
}

static enum tsm_err items(struct parser *p, struct writer *w, unsigned depth);

/* Behind the opening bracket; `hex` is the tag. */
static enum tsm_err object(struct parser *p, struct bytes hex, struct writer *w, unsigned depth)
{
    struct reader r = READER(hex);
    uint32_t tag;
    size_t mark;
    if (ber_read_tag(&r, &tag) != TSM_OK || r.left.len)
        return fault(p, "no single tag stands before the bracket");
    TRY(ber_open(w, tag, &mark));
    TRY(items(p, w, depth + 1));
    if (!take(p, ')'))
        return fault(p, "a bracket is not closed");
    return ber_close(w, mark);
}

static enum tsm_err hex_or_object(struct parser *p, struct writer *w, unsigned depth)
{
    char text[2 * HEX_RUN_MAX + 1];
    uint8_t octets[HEX_RUN_MAX];
    size_t len;
    TRY(run_of(p, "0123456789ABCDEFabcdef", text, sizeof text));
    if (hex_read(text, octets, sizeof octets, &len) != TSM_OK)
        return fault(p, "hex digits come in pairs");
    skip_spaces(p);
    if (take(p, '('))
        return object(p, BYTES_OF(octets, len), w, depth);
    return write_span(w, BYTES_OF(octets, len));
}

/* Behind the sign @. */
static enum tsm_err function(struct parser *p, struct writer *w, unsigned depth)
{
    char name[TEMPLATE_NAME_MAX + 1];
    size_t mark = w->len, len;
    uint8_t *slot;
    TRY(run_of(p, "abcdefghijklmnopqrstuvwxyz_", name, sizeof name));
    skip_spaces(p);
    if (!take(p, '('))
        return fault(p, "a bracket follows the name of a function");
    TRY(items(p, w, depth + 1));
    if (!take(p, ')'))
        return fault(p, "a bracket is not closed");
    len = w->len - mark;
    if (strcmp(name, "len") != 0)
        return p->source->function ? p->source->function(p->source->self, name, w, mark)
                                   : fault(p, "no function of this name is known here");
    NEED(len <= UINT8_MAX, TOO_LONG);
    TRY(write_insert(w, mark, 1, &slot));
    *slot = (uint8_t)len;
    return TSM_OK;
}

static enum tsm_err items(struct parser *p, struct writer *w, unsigned depth)
{
    NEED(depth <= TEMPLATE_DEPTH_MAX, TOO_LONG);
    for (skip_spaces(p); peek(p) && peek(p) != ')'; skip_spaces(p)) {
        if (take(p, '{'))
            TRY(variable(p, w));
        else if (take(p, '@'))
            TRY(function(p, w, depth));
        else
            TRY(hex_or_object(p, w, depth));
    }
    return TSM_OK;
}

enum tsm_err template_write(const char *text, const struct template_source *source, struct writer *w)
{
    struct bytes in = bytes_of_text(text);
    struct parser p = {READER(in), in.len, source};
    struct writer at = *w, behind = *w;
    uint8_t *start;
    enum tsm_err e;
    NEED(in.len <= TEMPLATE_TEXT_MAX, TOO_LONG);
    TRY(write_slot(&behind, 0, &start));
    e = items(&p, &at, 0);
    if (e == TSM_OK && p.left.left.len)
        e = fault(&p, "a bracket is closed that was not open");
    if (e != TSM_OK) { /* a value that broke off may stand anywhere behind the end */
        explicit_bzero(start, w->cap - w->len);
        return e;
    }
    *w = at;
    return TSM_OK;
}
