/* SPDX-License-Identifier: Apache-2.0 */
/* Exception handlers of a capasm body: `catch START END ENTRY CLASS`, with labels and a class or `any`; inner
 * ones first (build tool, pure apart from messages): JCVM 2.2.2 clause 6.9.1. */
#include <string.h>

#include "../capasm.h"

enum { LABELS = 3, CLASS_WORD = 4 };

int handler_line(struct body *b, struct package *p, const struct line *l)
{
    struct method *m = b->method;
    char class[NAME_MAX_LEN + 1];

    if (m->handler_count == HANDLERS_MAX)
        return fail(l->at, "more than %d handlers in a method", HANDLERS_MAX);
    for (size_t i = 0; i < LABELS; i++)
        if (word_name(l, i + 1, b->catches[m->handler_count].label[i]) != 0)
            return -1;
    if (word_name(l, CLASS_WORD, class) != 0)
        return -1;
    b->catches[m->handler_count].place = l->at;
    m->handlers[m->handler_count].catch_index = 0;
    if (strcmp(class, "any") != 0) {
        const int index = body_pool(b, p, POOL_CLASS, class, l);
        if (index < 0)
            return -1;
        if (index == 0)
            return fail(l->at, "a class that is caught cannot be the first entry of the constant pool");
        m->handlers[m->handler_count].catch_index = (uint16_t)index;
    }
    m->handler_count++;
    return 0;
}

int handlers_end(struct body *b)
{
    struct method *m = b->method;

    for (size_t i = 0; i < m->handler_count; i++) {
        long at[LABELS] = {0};
        for (size_t k = 0; k < LABELS; k++)
            if (body_label(b, b->catches[i].label[k], &at[k]) != 0)
                return fail(b->catches[i].place, "label '%s' is not in this method", b->catches[i].label[k]);
        m->handlers[i].start = (uint16_t)at[0];
        m->handlers[i].end = (uint16_t)at[1];
        m->handlers[i].entry = (uint16_t)at[2];
    }
    return 0;
}
