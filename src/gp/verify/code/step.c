/* SPDX-License-Identifier: Apache-2.0 */
/* One instruction on a frame: what it takes and gives, by its row. Station 4. Pure. [JCVM 7] */
#include "gp/verify/code/code.h"

enum tsm_err step_fits(struct run *r, uint32_t from, uint32_t to, enum cap_rule rule, const char *what)
{
    char have[TYPE_TEXT], want[TYPE_TEXT];
    enum type_answer answer = TYPE_YES;
    if (from != to) {
        TRY(code_work(r, TYPE_WORK));
        answer = type_fits(r->m, from, to);
    }
    if (answer == TYPE_NO)
        return CAP_REFUSE(r->m->report, rule, &r->m->at, "%s: %s is %s, not %s", r->in.op->name, what,
                          type_text(r->m, from, have), type_text(r->m, to, want));
    if (answer == TYPE_MAYBE)
        UNPROVEN(r->m, UNKNOWN, "%s: whether %s, %s, is %s is not known here", r->in.op->name, what,
                 type_text(r->m, from, have), type_text(r->m, to, want));
    return TSM_OK;
}

static enum tsm_err give(struct run *r)
{
    for (const char *c = r->in.op->gives; *c; c++)
        TRY(frame_push(r, type_of(*c == 's' ? TYPE_SHORT : *c == 'i' ? TYPE_INT : TYPE_NULL, 0)));
    return TSM_OK;
}

static enum tsm_err take(struct run *r)
{
    const char *takes = r->in.op->takes;
    size_t n = 0;
    uint32_t type;
    while (takes[n])
        n++;
    while (n > 0)
        TRY(frame_pop(r, takes[--n], &type));
    return TSM_OK;
}

static size_t local_of(const struct run *r)
{
    return r->in.op->operand == OPERAND_NONE ? r->in.op->fixed : code_u8(r, r->in.pc + 1);
}

static enum tsm_err load(struct run *r)
{
    uint32_t type;
    TRY(frame_get(r, local_of(r), r->in.op->kind, &type));
    return frame_push(r, type);
}

/* Return addresses are stored by astore as well, to be used by ret alone; so are fresh objects. */
static enum tsm_err store(struct run *r)
{
    uint32_t type;
    char text[TYPE_TEXT];
    if (r->in.op->kind != 'a') {
        TRY(frame_pop(r, r->in.op->kind, &type));
        return frame_set(r, local_of(r), type);
    }
    TRY(frame_pop(r, '*', &type));
    HOLDS(r->m, type_is_reference(type) || (kind_of(type) >= TYPE_NEW && kind_of(type) <= TYPE_RETURN), TYPE,
          "%s takes a reference and finds %s", r->in.op->name, type_text(r->m, type, text));
    return frame_set(r, local_of(r), type);
}

/* aload of a fresh object: it may be moved, but not used. */
static enum tsm_err load_reference(struct run *r)
{
    uint32_t type;
    char text[TYPE_TEXT];
    TRY(frame_get(r, local_of(r), '*', &type));
    HOLDS(r->m, type_is_reference(type) || kind_of(type) == TYPE_NEW || kind_of(type) == TYPE_THIS, TYPE,
          "%s takes a reference from local %zu and finds %s", r->in.op->name, local_of(r),
          type_text(r->m, type, text));
    return frame_push(r, type);
}

static enum tsm_err increment(struct run *r)
{
    uint32_t type;
    return frame_get(r, local_of(r), r->in.op->kind, &type);
}

static enum tsm_err leave(struct run *r)
{
    const struct cap_method *d = r->d;
    uint32_t type, result = r->signature.result;
    char text[TYPE_TEXT];
    r->stops = true;
    if (r->in.op->kind == 'v') {
        HOLDS(r->m, kind_of(result) == TYPE_VOID, RESULT, "return gives nothing, the method gives %s",
              type_text(r->m, result, text));
        HOLDS(r->m, !(d->access & ACC_INIT) || r->f.constructed, FRESH,
              "the constructor returns without a call of its parent's");
        return TSM_OK;
    }
    TRY(frame_pop(r, r->in.op->kind, &type));
    return step_fits(r, type, result, CAP_RULE_RESULT, "the value returned");
}

static enum tsm_err throw_it(struct run *r)
{
    int throwable = api_class_by_name(&r->m->api, bytes_of_text("java/lang/Throwable"));
    uint32_t type;
    r->stops = true;
    TRY(frame_pop(r, 'a', &type));
    NEED(throwable >= 0, BAD_VALUE);
    return step_fits(r, type, type_of(TYPE_OBJECT, ID_KNOWN + (uint32_t)throwable), CAP_RULE_ARGUMENT,
                     "what is thrown");
}

static enum tsm_err plain(struct run *r)
{
    TRY(take(r));
    return give(r);
}

static enum tsm_err leap(struct run *r)
{
    r->stops = true;
    return take(r);
}

/* Subroutines are entered and left in flow.c. */
static enum tsm_err nothing(struct run *r)
{
    (void)r;
    return TSM_OK;
}

static enum tsm_err load_any(struct run *r)
{
    return r->in.op->kind == 'a' ? load_reference(r) : load(r);
}

enum tsm_err step(struct run *r)
{
    static enum tsm_err (*const acts[])(struct run *) = {[ACT_NONE] = nothing,
                                                         [ACT_PLAIN] = plain,
                                                         [ACT_LOAD] = load_any,
                                                         [ACT_STORE] = store,
                                                         [ACT_INCREMENT] = increment,
                                                         [ACT_ELEMENT] = step_array,
                                                         [ACT_ELEMENT_STORE] = step_array,
                                                         [ACT_LENGTH] = step_array,
                                                         [ACT_POP] = step_stack,
                                                         [ACT_DUP] = step_stack,
                                                         [ACT_DUP_X] = step_stack,
                                                         [ACT_SWAP_X] = step_stack,
                                                         [ACT_BRANCH] = plain,
                                                         [ACT_GOTO] = leap,
                                                         [ACT_JSR] = nothing,
                                                         [ACT_RET] = nothing,
                                                         [ACT_TABLE] = leap,
                                                         [ACT_LOOKUP] = leap,
                                                         [ACT_RETURN] = leave,
                                                         [ACT_THROW] = throw_it,
                                                         [ACT_GET_STATIC] = step_field,
                                                         [ACT_PUT_STATIC] = step_field,
                                                         [ACT_GET_FIELD] = step_field,
                                                         [ACT_PUT_FIELD] = step_field,
                                                         [ACT_GET_THIS] = step_field,
                                                         [ACT_PUT_THIS] = step_field,
                                                         [ACT_VIRTUAL] = step_invoke,
                                                         [ACT_SPECIAL] = step_invoke,
                                                         [ACT_STATIC] = step_invoke,
                                                         [ACT_INTERFACE] = step_invoke,
                                                         [ACT_NEW] = step_object,
                                                         [ACT_NEW_ARRAY] = step_array,
                                                         [ACT_NEW_OBJECTS] = step_array,
                                                         [ACT_CAST] = step_object,
                                                         [ACT_INSTANCE_OF] = step_object};
    return acts[r->in.op->act](r);
}
