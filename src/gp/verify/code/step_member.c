/* SPDX-License-Identifier: Apache-2.0 */
/* Fields: the letter of the instruction, the type of the field and the value on the stack must be one thing,
 * or a number becomes a reference. Station 4. Pure. [JCVM 7: getfield to putstatic] */
#include "gp/verify/code/code.h"

enum { FIELDS_A_STEP = 32 };

enum tsm_err step_entry(struct run *r, size_t index, unsigned tags, struct cap_pool_entry *out)
{
    HOLDS(r->m, model_pool(r->m, index, out), REFERENCE, "%s has pool index %zu of %zu", r->in.op->name,
          index, r->m->pool_count);
    HOLDS(r->m, 1u << out->tag & tags, REFERENCE, "%s has pool entry %zu, which has the tag %u",
          r->in.op->name, index, out->tag);
    return TSM_OK;
}

static size_t index_of(const struct run *r)
{
    return r->in.op->operand == OPERAND_POOL1 ? code_u8(r, r->in.pc + 1) : code_u16(r, r->in.pc + 1);
}

/* Does the letter of the instruction fit the type of the field. */
static bool letter_fits(char letter, uint32_t type)
{
    switch (letter) {
    case 'a':
        return type_is_reference(type);
    case 'b':
        return kind_of(type) == TYPE_BOOLEAN || kind_of(type) == TYPE_BYTE;
    case 's':
        return kind_of(type) == TYPE_SHORT;
    default:
        return kind_of(type) == TYPE_INT;
    }
}

static enum tsm_err field_entry(struct run *r, unsigned tags, struct cap_pool_entry *e, uint32_t *type)
{
    char text[TYPE_TEXT];
    TRY(step_entry(r, index_of(r), tags, e));
    TRY(type_read(r->m, e->type, type));
    HOLDS(r->m, letter_fits(r->in.op->kind, *type), ARGUMENT, "%s uses a field that holds %s", r->in.op->name,
          type_text(r->m, *type, text));
    return TSM_OK;
}

static enum tsm_err may_use(struct run *r, const struct cap_field *f, bool writes)
{
    bool own = f && f->owner == r->d->owner;
    if (!f)
        return TSM_OK;
    HOLDS(r->m, own || !(f->access & ACC_PRIVATE), ACCESS, "%s uses a private field of another class",
          r->in.op->name);
    HOLDS(r->m,
          !writes || !(f->access & ACC_FINAL) ||
              (own && (r->d->access & ACC_INIT) && !(f->access & ACC_STATIC)),
          ACCESS, "%s writes a final field", r->in.op->name);
    return TSM_OK;
}

static enum tsm_err pop_value(struct run *r, uint32_t type)
{
    char letter = r->in.op->kind == 'b' ? 's' : r->in.op->kind;
    uint32_t value;
    TRY(frame_pop(r, letter, &value));
    return letter == 'a' ? step_fits(r, value, type, CAP_RULE_ARGUMENT, "the value") : TSM_OK;
}

static enum tsm_err static_field(struct run *r)
{
    bool writes = r->in.op->act == ACT_PUT_STATIC;
    struct cap_pool_entry e;
    uint32_t type;
    TRY(code_work(r, r->m->fields / FIELDS_A_STEP));
    TRY(field_entry(r, 1u << POOL_STATIC_FIELD, &e, &type));
    TRY(may_use(r, e.external ? NULL : model_static_field(r->m, e.offset), writes));
    return writes ? pop_value(r, type) : frame_push(r, type);
}

/* Fields of the class itself may be set before the parent's constructor runs: compilers do so for inner
 * classes. */
static enum tsm_err check_object(struct run *r, uint32_t object, const struct cap_pool_entry *e, bool writes)
{
    char text[TYPE_TEXT];
    if (kind_of(object) == TYPE_THIS && writes && !e->external &&
        e->class_ref == r->m->class[r->d->owner].offset)
        return TSM_OK;
    HOLDS(r->m, kind_of(object) != TYPE_NEW && kind_of(object) != TYPE_THIS, FRESH, "%s uses %s",
          r->in.op->name, type_text(r->m, object, text));
    HOLDS(r->m, type_is_reference(object), TYPE, "%s takes an object and finds %s", r->in.op->name,
          type_text(r->m, object, text));
    return step_fits(r, object, type_of(TYPE_OBJECT, class_id(r->m, e->class_ref)), CAP_RULE_ARGUMENT,
                     "the object");
}

enum tsm_err step_field(struct run *r)
{
    enum act act = r->in.op->act;
    bool writes = act == ACT_PUT_FIELD || act == ACT_PUT_THIS,
         on_this = act == ACT_GET_THIS || act == ACT_PUT_THIS;
    struct cap_pool_entry e;
    const struct cap_class *c;
    uint32_t type, object;
    if (act == ACT_GET_STATIC || act == ACT_PUT_STATIC)
        return static_field(r);
    TRY(field_entry(r, 1u << POOL_INSTANCE_FIELD, &e, &type));
    c = e.external ? NULL : model_class(r->m, e.class_ref);
    TRY(may_use(r, c ? model_instance_field(r->m, c, e.token) : NULL, writes));
    if (writes)
        TRY(pop_value(r, type));
    if (on_this) {
        HOLDS(r->m, !(r->d->access & ACC_STATIC), TYPE, "%s in a static method", r->in.op->name);
        TRY(frame_get(r, 0, '*', &object));
    } else {
        TRY(frame_pop(r, '*', &object));
    }
    TRY(check_object(r, object, &e, writes));
    return writes ? TSM_OK : frame_push(r, type);
}
