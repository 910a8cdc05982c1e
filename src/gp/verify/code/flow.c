/* SPDX-License-Identifier: Apache-2.0 */
/* The paths of a method followed with types, from place to place where they join, until no frame changes. A
 * subroutine is followed once for all its callers: what they do not share is unusable behind it. Station 4.
 * Pure. [JVM specification 4.10.2; JCVM 3.5, 3.6] */
#include "gp/verify/code/code.h"

#include <string.h>

/* The frame at the entry: the object, the arguments, nothing else. */
static enum tsm_err enter(struct run *r)
{
    const struct cap_method *d = r->d;
    struct frame *f = &r->f;
    size_t at = 0;
    f->locals = (size_t)d->nargs + d->max_locals;
    f->depth = 0;
    f->constructed = false;
    HOLDS(r->m, f->locals + d->max_stack <= CAP_CELLS_MAX, EFFORT, "the frame has %zu cells",
          f->locals + d->max_stack);
    for (size_t i = 0; i < f->locals; i++)
        f->cell[i] = type_of(TYPE_NOTHING, 0);
    if (!(d->access & ACC_STATIC))
        f->cell[at++] = type_of(d->access & ACC_INIT ? TYPE_THIS : TYPE_OBJECT, r->m->class[d->owner].offset);
    for (size_t i = 0; i < r->signature.args; i++) {
        uint32_t type = type_cell(r->signature.arg[i]);
        TRY(frame_set(r, at, type));
        at += kind_of(type) == TYPE_INT ? 2 : 1;
    }
    return frame_merge(r, 0, f);
}

static enum tsm_err caught(struct run *r, const struct handler *h, uint32_t *type)
{
    int throwable = api_class_by_name(&r->m->api, bytes_of_text("java/lang/Throwable"));
    struct cap_pool_entry e;
    NEED(throwable >= 0, BAD_VALUE);
    *type = type_of(TYPE_OBJECT, ID_KNOWN + (uint32_t)throwable);
    if (h->catch_index && model_pool(r->m, h->catch_index, &e)) {
        uint32_t all = *type;
        *type = type_of(TYPE_OBJECT, class_id(r->m, e.class_ref));
        if (*type != all)
            TRY(step_fits(r, *type, all, CAP_RULE_HANDLER, "what a handler catches"));
    }
    return TSM_OK;
}

/* Whatever the instruction throws, its handlers see the locals as they were before it. */
static enum tsm_err into_handlers(struct run *r)
{
    for (size_t i = r->d->first_handler; i < (size_t)r->d->first_handler + r->d->handlers; i++) {
        struct handler h = code_handler(r, i);
        struct frame f;
        uint32_t type;
        if (r->in.pc < h.start || r->in.pc >= h.end)
            continue;
        HOLDS(r->m, r->d->max_stack > 0, OVERFLOW, "a handler needs one cell of the stack");
        TRY(caught(r, &h, &type));
        f.locals = r->f.locals;
        f.depth = 1;
        f.constructed = r->f.constructed;
        memcpy(f.cell, r->f.cell, f.locals * sizeof f.cell[0]);
        f.cell[f.locals] = type;
        TRY(frame_merge(r, h.entry, &f));
    }
    return TSM_OK;
}

static enum tsm_err into_subroutine(struct run *r)
{
    int64_t target;
    r->stops = true;
    (void)code_target(r, 0, &target);
    TRY(frame_push(r, type_of(TYPE_RETURN, (uint32_t)target)));
    return frame_merge(r, (size_t)target, &r->f);
}

static enum tsm_err out_of_subroutine(struct run *r)
{
    uint32_t type;
    char text[TYPE_TEXT];
    r->stops = true;
    TRY(frame_get(r, code_u8(r, r->in.pc + 1), '*', &type));
    HOLDS(r->m, kind_of(type) == TYPE_RETURN, SUBROUTINE, "ret finds %s", type_text(r->m, type, text));
    TRY(code_work(r, r->m->leaders / CELLS_A_STEP));
    for (size_t i = 0; i < r->m->leaders; i++)
        if (r->m->leader[i].called == id_of(type) && r->m->leader[i].called != NOT_CALLED)
            TRY(frame_merge(r, r->m->leader[i].pc, &r->f));
    return TSM_OK;
}

static enum tsm_err go_on(struct run *r)
{
    int64_t target;
    if (r->in.op->act == ACT_JSR)
        return into_subroutine(r);
    if (r->in.op->act == ACT_RET)
        return out_of_subroutine(r);
    for (size_t i = 0; code_target(r, i, &target); i++)
        TRY(frame_merge(r, (size_t)target, &r->f));
    return TSM_OK;
}

/* From one place where paths join to the next. */
static enum tsm_err follow(struct run *r, struct cap_leader *l)
{
    size_t pc = l->pc, copied = r->f.locals + l->depth;
    TRY(code_work(r, (copied + r->m->leaders) / CELLS_A_STEP)); /* the search for this place was work, too */
    r->f.depth = l->depth;
    r->f.constructed = l->constructed;
    memcpy(r->f.cell, &r->m->cell[l->cells], copied * sizeof r->f.cell[0]);
    l->waiting = false;
    for (;;) {
        TRY(code_fetch(r, pc));
        TRY(code_work(r, 1 + r->d->handlers));
        TRY(into_handlers(r));
        r->stops = false;
        TRY(step(r));
        TRY(go_on(r));
        if (r->stops)
            return TSM_OK;
        pc += r->in.length;
        if (code_leader(r->m, pc))
            return frame_merge(r, pc, &r->f);
    }
}

static struct cap_leader *waiting(struct cap_model *m)
{
    for (size_t i = 0; i < m->leaders; i++)
        if (m->leader[i].waiting)
            return &m->leader[i];
    return NULL;
}

static enum tsm_err verify_method(struct run *r)
{
    struct cap_leader *l;
    TRY(signature_read(r->m, r->d->type, &r->signature));
    TRY(enter(r));
    while ((l = waiting(r->m)) != NULL)
        TRY(follow(r, l));
    return TSM_OK;
}

static void place_at_method(struct cap_model *m, const struct cap_method *d)
{
    model_at(m, CAP_METHOD, d->offset);
    m->at.method = d->offset;
}

enum tsm_err code_work(struct run *r, size_t n)
{
    r->m->steps += n;
    HOLDS(r->m, r->m->steps <= CAP_STEPS_MAX, EFFORT, "verifying takes more than %d steps", CAP_STEPS_MAX);
    return TSM_OK;
}

/* A method that fails does not hide the next one; what is unknown stops its method alone. */
enum tsm_err code_verify(struct cap_model *m)
{
    enum tsm_err first = TSM_OK;
    bool decoded = true;
    m->steps = 0;
    for (size_t i = 0; i < m->bodies && m->steps <= CAP_STEPS_MAX; i++) {
        struct run r = {.m = m, .d = &m->method[m->by_offset[i]]};
        enum tsm_err one;
        if (r.d->access & ACC_ABSTRACT)
            continue;
        place_at_method(m, r.d);
        one = code_decode(&r);
        decoded &= one == TSM_OK;
        if (one == TSM_OK)
            one = verify_method(&r);
        if (one != TSM_OK && one != TSM_UNSUPPORTED && first == TSM_OK)
            first = one;
    }
    return first == TSM_OK && decoded ? code_locations(m) : first;
}
