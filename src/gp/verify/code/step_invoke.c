/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: which method, with which object and arguments, and what comes back. Station 4. Pure. [JCVM 7:
 * invokeinterface to invokevirtual] */
#include "gp/verify/code/code.h"

enum { NARGS_AT = 1, CLASS_AT = 2, TOKEN_AT = 4, INVOKE_WORK = 16, ARGUMENT_WORK = 2 };

static enum tsm_err pop_arguments(struct run *r, const struct signature *s)
{
    TRY(code_work(r, ARGUMENT_WORK * s->args));
    for (size_t i = s->args; i > 0; i--) {
        uint32_t want = type_cell(s->arg[i - 1]), have;
        char letter = kind_of(want) == TYPE_SHORT ? 's' : kind_of(want) == TYPE_INT ? 'i' : 'a';
        TRY(frame_pop(r, letter, &have));
        if (letter == 'a')
            TRY(step_fits(r, have, want, CAP_RULE_ARGUMENT, "an argument"));
    }
    return TSM_OK;
}

static enum tsm_err pop_object(struct run *r, uint32_t id)
{
    uint32_t object;
    TRY(frame_pop(r, 'a', &object));
    return step_fits(r, object, type_of(TYPE_OBJECT, id), CAP_RULE_ARGUMENT, "the object");
}

static enum tsm_err push_result(struct run *r, const struct signature *s)
{
    return kind_of(s->result) == TYPE_VOID ? TSM_OK : frame_push(r, s->result);
}

static const struct api_member *exported(const struct run *r, const struct cap_pool_entry *e,
                                         enum api_kind kind)
{
    uint32_t id = e->external ? class_id(r->m, e->class_ref) : 0;
    return id >= ID_KNOWN ? api_member(&r->m->api, id - ID_KNOWN, kind, e->token) : NULL;
}

static enum tsm_err invoke_virtual(struct run *r)
{
    struct cap_pool_entry e;
    const struct api_member *member;
    struct signature s;
    uint32_t id;
    TRY(step_entry(r, code_u16(r, r->in.pc + 1), 1u << POOL_VIRTUAL_METHOD, &e));
    TRY(signature_read(r->m, e.type, &s));
    TRY(pop_arguments(r, &s));
    id = class_id(r->m, e.class_ref);
    HOLDS(r->m, !class_is_interface(r->m, id), REFERENCE, "invokevirtual has an interface");
    member = exported(r, &e, API_VIRTUAL_METHOD);
    if (member && member->is_protected) /* for oneself and one's own kind */
        id = r->m->class[r->d->owner].offset;
    TRY(pop_object(r, id));
    return push_result(r, &s);
}

static enum tsm_err invoke_static(struct run *r)
{
    struct cap_pool_entry e;
    const struct cap_method *method;
    struct signature s;
    TRY(step_entry(r, code_u16(r, r->in.pc + 1), 1u << POOL_STATIC_METHOD, &e));
    method = e.external ? NULL : model_body(r->m, e.offset);
    HOLDS(r->m, !method || (method->access & ACC_STATIC), REFERENCE,
          "invokestatic has a method that is not static");
    HOLDS(r->m, !method || method->owner == r->d->owner || !(method->access & ACC_PRIVATE), ACCESS,
          "invokestatic has a private method of another class");
    HOLDS(r->m, !exported(r, &e, API_CONSTRUCTOR), REFERENCE, "invokestatic has a constructor");
    TRY(signature_read(r->m, e.type, &s));
    TRY(pop_arguments(r, &s));
    return push_result(r, &s);
}

/* The class whose object a fresh one becomes when this constructor has run. */
static enum tsm_err construct(struct run *r, uint32_t id, bool is_protected)
{
    const struct cap_class *self = &r->m->class[r->d->owner];
    struct cap_pool_entry e;
    uint32_t object, made;
    char text[TYPE_TEXT];
    TRY(frame_pop(r, '*', &object));
    if (kind_of(object) == TYPE_THIS) {
        HOLDS(r->m, id == self->offset || id == class_id(r->m, self->super), FRESH,
              "the constructor calls one that is neither its class's nor its parent's");
        frame_replace(&r->f, object, type_of(TYPE_OBJECT, self->offset));
        r->f.constructed = true;
        return TSM_OK;
    }
    HOLDS(r->m, kind_of(object) == TYPE_NEW, FRESH, "a constructor is called on %s",
          type_text(r->m, object, text));
    HOLDS(r->m, model_pool(r->m, code_u16(r, id_of(object) + 1), &e), REFERENCE, "new has no pool entry");
    made = class_id(r->m, e.class_ref);
    HOLDS(r->m, made == id, FRESH, "the constructor of another class is called on a fresh object");
    HOLDS(r->m, !is_protected, ACCESS, "a protected constructor of another package is called");
    frame_replace(&r->f, object, type_of(TYPE_OBJECT, made));
    return TSM_OK;
}

/* A constructor, a private method of the class itself, or the method that the parent has. */
static enum tsm_err special_static(struct run *r, const struct cap_pool_entry *e)
{
    const struct cap_method *method = e->external ? NULL : model_body(r->m, e->offset);
    const struct api_member *member = exported(r, e, API_CONSTRUCTOR);
    uint32_t id = e->external ? class_id(r->m, e->class_ref) : method ? r->m->class[method->owner].offset : 0;
    HOLDS(r->m, e->external || method, REFERENCE, "invokespecial has no method");
    HOLDS(r->m, !exported(r, e, API_STATIC_METHOD), REFERENCE, "invokespecial has a static method");
    if (!method || method->access & ACC_INIT) {
        HOLDS(r->m, !method || method->owner == r->d->owner || !(method->access & ACC_PRIVATE), ACCESS,
              "invokespecial has a private constructor of another class");
        return construct(r, id, member && member->is_protected);
    }
    HOLDS(r->m,
          !(method->access & ACC_STATIC) && (method->access & ACC_PRIVATE) && method->owner == r->d->owner,
          ACCESS, "invokespecial has a method that is no constructor and not private to the class");
    return pop_object(r, id);
}

static enum tsm_err special_super(struct run *r, const struct cap_pool_entry *e)
{
    const struct cap_class *self = &r->m->class[r->d->owner], *up;
    const struct cap_method *method = NULL;
    uint16_t outside;
    HOLDS(r->m, e->class_ref == self->offset, ACCESS, "invokespecial asks for the parent of another class");
    HOLDS(r->m, !(r->d->access & ACC_STATIC), TYPE, "invokespecial asks for the parent in a static method");
    up = self->super & EXTERNAL ? NULL : model_class(r->m, self->super);
    if (up)
        method = model_virtual(r->m, up, e->token, &outside);
    HOLDS(r->m, !method || !(method->access & ACC_ABSTRACT), ACCESS, "invokespecial has an abstract method");
    return pop_object(r, self->offset);
}

static enum tsm_err invoke_special(struct run *r)
{
    struct cap_pool_entry e;
    struct signature s;
    TRY(step_entry(r, code_u16(r, r->in.pc + 1), 1u << POOL_STATIC_METHOD | 1u << POOL_SUPER_METHOD, &e));
    TRY(signature_read(r->m, e.type, &s));
    TRY(pop_arguments(r, &s));
    TRY(e.tag == POOL_SUPER_METHOD ? special_super(r, &e) : special_static(r, &e));
    return push_result(r, &s);
}

/* The pool has no signature for methods of interfaces: the package's own are described, others are known or
 * not. */
static enum tsm_err invoke_interface(struct run *r)
{
    uint8_t nargs = code_u8(r, r->in.pc + NARGS_AT), token = code_u8(r, r->in.pc + TOKEN_AT);
    struct cap_pool_entry e;
    const struct cap_class *own;
    const struct cap_method *method;
    const struct api_member *member;
    struct signature s;
    TRY(step_entry(r, code_u16(r, r->in.pc + CLASS_AT), 1u << POOL_CLASS, &e));
    own = e.external ? NULL : model_class(r->m, e.class_ref);
    e.token = token;
    if (own) {
        method = own->is_interface ? model_declared(r->m, own, token) : NULL;
        HOLDS(r->m, method != NULL, REFERENCE, "invokeinterface has no interface with a method %u", token);
        TRY(signature_read(r->m, method->type, &s));
    } else {
        uint32_t id = class_id(r->m, e.class_ref);
        HOLDS(r->m, id < ID_KNOWN || class_is_interface(r->m, id), REFERENCE, "invokeinterface has a class");
        member = exported(r, &e, API_VIRTUAL_METHOD);
        if (!member || !signature_of_text(r->m, member->type, &s)) {
            UNPROVEN(r->m, UNKNOWN,
                     "method %u of interface %u of import %u is not known: what follows is not verified",
                     token, e.class_ref & 0xFFu, e.class_ref >> 8 & 0x7Fu);
            return TSM_UNSUPPORTED;
        }
    }
    HOLDS(r->m, nargs == signature_cells(&s) + 1, REFERENCE,
          "invokeinterface says %u cells, the method takes %zu", nargs, signature_cells(&s) + 1);
    TRY(pop_arguments(r, &s));
    TRY(pop_object(r, class_id(r->m, e.class_ref)));
    return push_result(r, &s);
}

enum tsm_err step_invoke(struct run *r)
{
    TRY(code_work(r, INVOKE_WORK));
    switch (r->in.op->act) {
    case ACT_VIRTUAL:
        return invoke_virtual(r);
    case ACT_SPECIAL:
        return invoke_special(r);
    case ACT_STATIC:
        return invoke_static(r);
    default:
        return invoke_interface(r);
    }
}
