/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies against the tables: unknown, automatic, missing, not editable, of the wrong form; then what holds
 * between attributes. Station 2. Role, without I/O. [TR-03165 4.1.4, 4.1.5.2] */
#include "role/sp/sptsm/model/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sp/sptsm/model/form.h"
#include "role/sp/sptsm/model/rules.h"
#include "role/sp/sptsm/model/same.h"

/* One object in hand: the entity itself or one inside it. */
struct level {
    const struct judging *j;
    const struct tr_attribute *rows;
    char path[TR_PATH_MAX]; /* "installConfig." */
};

enum { PATH_NAME_MAX = 64 };

static enum tsm_err fill(const struct level *l, const json_t *given, const json_t *old, json_t **out);

/* Longer names, which are not ours, are cut. */
static const char *path_of(const struct level *l, const char *name, char out[TR_PATH_MAX])
{
    size_t n = strlen(l->path);
    snprintf(out, TR_PATH_MAX, "%s", l->path);
    snprintf(out + n, TR_PATH_MAX - n, "%.*s", PATH_NAME_MAX, name);
    return out;
}

static enum tsm_err wrong(const struct level *l, const struct tr_attribute *a, const json_t *v)
{
    char path[TR_PATH_MAX], *shown = form_shown(v);
    enum tsm_err e = refuse(l->j->refusal, TR_INVALID_FORMAT, shown ? shown : "", path_of(l, a->name, path),
                            form_wrong(a, v));
    free(shown);
    return e;
}

static enum tsm_err check_known(const struct level *l, const json_t *given)
{
    char path[TR_PATH_MAX];
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)given, name, v) if (!tr_attribute(l->rows, name)) return refuse(
        l->j->refusal, TR_UNKNOWN, path_of(l, name, path), NULL, NULL);
    return TSM_OK;
}

static json_t *automatic(const struct level *l, const struct tr_attribute *a)
{
    const char *text = l->j->assigned[a->source];
    return a->source != FROM_NOTHING && text ? json_string(text) : form_empty(a);
}

static bool is_as_it_was(const struct tr_attribute *a, const json_t *given, const json_t *old)
{
    if (a->source == FROM_NOW && json_is_string(given) && json_is_string(old))
        return moment_is_same(json_string_value(given), json_string_value(old));
    return json_equal(given, old);
}

/* What may not be changed: automatic values, and the keys of an entity. */
static enum tsm_err keep_fixed(const struct level *l, const struct tr_attribute *a, const json_t *given,
                               const json_t *old)
{
    char path[TR_PATH_MAX];
    if (form_is_empty(given) || (old && is_as_it_was(a, given, old)))
        return TSM_OK;
    return refuse(l->j->refusal, l->j->create ? TR_AUTOMATIC : TR_NOT_EDITABLE, path_of(l, a->name, path),
                  NULL, NULL);
}

/* C: not while a published flavor holds it. The TR knows a category of its own for flavors and load files
 * alone [4.1.5.2]; the methods of others have 1005 [4.1.6.6.4]. */
static enum tsm_err check_published(const struct level *l, const struct tr_attribute *a, const json_t *made,
                                    const json_t *old)
{
    char path[TR_PATH_MAX];
    if (a->edit != EDIT_UNPUBLISHED || !l->j->published_by || !old || json_equal(made, old) ||
        a->form == FORM_OBJECT) /* of objects the attributes inside are looked at */
        return TSM_OK;
    if (l->j->kind == TR_FLAVOR)
        return refuse(l->j->refusal, TR_PUBLISHED, tr_entity(l->j->kind)->name, l->j->published_by, NULL);
    return refuse(l->j->refusal, TR_NOT_EDITABLE, path_of(l, a->name, path), NULL, NULL);
}

static enum tsm_err fill_inside(const struct level *l, const struct tr_attribute *a, const json_t *given,
                                const json_t *old, json_t **out)
{
    struct level inside = {.j = l->j, .rows = a->inside};
    char path[TR_PATH_MAX];
    json_t *none = json_object();
    enum tsm_err e;
    path_of(l, a->name, path);
    snprintf(inside.path, sizeof inside.path, "%.*s.", TR_PATH_MAX - 2, path);
    e = none ? fill(&inside, json_is_object(given) ? given : none, old, out) : TSM_NO_MEMORY;
    json_decref(none);
    return e;
}

/* null takes back all that was said: each attribute inside as if null were given. */
static enum tsm_err empty_inside(const struct level *l, const struct tr_attribute *a, const json_t *old,
                                 json_t **out)
{
    json_t *nulls = json_object();
    enum tsm_err e;
    for (const struct tr_attribute *i = a->inside; nulls && i->name; i++)
        json_object_set_new(nulls, i->name, json_null());
    e = nulls ? fill_inside(l, a, nulls, old, out) : TSM_NO_MEMORY;
    json_decref(nulls);
    return e;
}

static enum tsm_err fill_list(const struct level *l, const struct tr_attribute *a, const json_t *given,
                              json_t **out)
{
    json_t *list = json_array(), *made;
    const json_t *item;
    size_t i;
    enum tsm_err e = list ? TSM_OK : TSM_NO_MEMORY;
    json_array_foreach(given, i, item)
    {
        if (e == TSM_OK && (e = fill_inside(l, a, item, NULL, &made)) == TSM_OK)
            json_array_append_new(list, made);
    }
    if (e != TSM_OK)
        json_decref(list);
    else
        *out = list;
    return e;
}

/* A given value of the right form, or the empty one. */
static enum tsm_err take(const struct level *l, const struct tr_attribute *a, const json_t *given,
                         json_t **out)
{
    if (form_is_empty(given)) {
        *out = form_empty(a);
        return TSM_OK;
    }
    if (form_wrong(a, given))
        return wrong(l, a, given);
    if (a->form == FORM_OBJECT_LIST)
        return fill_list(l, a, given, out);
    *out = json_deep_copy(given);
    return TSM_OK;
}

static enum tsm_err fill_value(const struct level *l, const struct tr_attribute *a, const json_t *given,
                               const json_t *old, json_t **out)
{
    char path[TR_PATH_MAX];
    bool is_fixed = a->edit == EDIT_NO && (a->need == NEED_AUTOMATIC || !l->j->create);
    if (a->need == NEED_MANDATORY && form_is_empty(given) && !l->j->linking)
        return refuse(l->j->refusal, l->j->create ? TR_MISSING_FOR_POST : TR_MISSING_FOR_PUT,
                      path_of(l, a->name, path), tr_entity(l->j->kind)->name, NULL);
    if (is_fixed) {
        TRY(keep_fixed(l, a, given, old));
        *out = old ? json_deep_copy(old) : automatic(l, a);
        return TSM_OK;
    }
    if (a->form == FORM_OBJECT) {
        if (!form_is_empty(given) && !json_is_object(given))
            return wrong(l, a, given);
        return json_is_null(given) ? empty_inside(l, a, old, out) : fill_inside(l, a, given, old, out);
    }
    if (!given && old) {
        *out = json_deep_copy(old);
        return TSM_OK;
    }
    TRY(take(l, a, given, out));
    return check_published(l, a, *out, old);
}

/* Ids are folded first, so that what is given compares with what is stored. */
static enum tsm_err fill_one(const struct level *l, const struct tr_attribute *a, const json_t *given,
                             const json_t *old, json_t **out)
{
    bool has_ids = a->form == FORM_UUID || a->form == FORM_UUID_LIST || a->form == FORM_DEPLOYMENTS;
    const char *twice = NULL;
    char path[TR_PATH_MAX];
    json_t *folded;
    enum tsm_err e;
    if (!given || !has_ids)
        return fill_value(l, a, given, old, out);
    folded = ids_folded(given, &twice);
    if (!folded && twice)
        return refuse(l->j->refusal, TR_INVALID_FORMAT, twice, path_of(l, a->name, path), IDS_ONCE);
    e = folded ? fill_value(l, a, folded, old, out) : FAIL(NO_MEMORY, "no memory for ids");
    json_decref(folded);
    return e;
}

static enum tsm_err fill(const struct level *l, const json_t *given, const json_t *old, json_t **out)
{
    json_t *made = json_object();
    enum tsm_err e = made ? check_known(l, given) : TSM_NO_MEMORY;
    for (const struct tr_attribute *a = l->rows; a->name && e == TSM_OK; a++) {
        json_t *value = NULL;
        e = fill_one(l, a, json_object_get(given, a->name), json_object_get(old, a->name), &value);
        if (e == TSM_OK && json_object_set_new(made, a->name, value) != 0)
            e = FAIL(NO_MEMORY, "no memory for an entity");
        else if (e != TSM_OK)
            json_decref(value);
    }
    if (e != TSM_OK)
        json_decref(made);
    else
        *out = made;
    return e;
}

enum tsm_err judge_body(const struct judging *j, const json_t *given, const json_t *old, json_t **out)
{
    struct level l = {.j = j, .rows = tr_entity(j->kind)->attributes};
    json_t *made;
    enum tsm_err e;
    if (!json_is_object(given))
        return refuse(j->refusal, TR_INVALID_REQUEST, "request body is not a JSON object", NULL, NULL);
    TRY(fill(&l, given, old, &made));
    e = rules_between(j, made);
    if (e != TSM_OK)
        json_decref(made);
    else
        *out = made;
    return e;
}

static enum tsm_err references_of(const struct tr_attribute *a, const json_t *v, judge_reference each,
                                  void *self);

static enum tsm_err references_in(const struct tr_attribute *rows, const json_t *object, judge_reference each,
                                  void *self)
{
    for (const struct tr_attribute *a = rows; a && a->name; a++)
        TRY(references_of(a, json_object_get(object, a->name), each, self));
    return TSM_OK;
}

static enum tsm_err references_of(const struct tr_attribute *a, const json_t *v, judge_reference each,
                                  void *self)
{
    const json_t *item;
    const char *flavor;
    json_t *profiles;
    size_t i;
    if (a->form == FORM_UUID && a->kind != TR_NO_KIND && !form_is_empty(v))
        return each(self, a->kind, json_string_value(v));
    if (a->form == FORM_UUID_LIST)
        json_array_foreach(v, i, item) TRY(each(self, a->kind, json_string_value(item)));
    if (a->form == FORM_OBJECT)
        return references_in(a->inside, v, each, self);
    if (a->form == FORM_OBJECT_LIST)
        json_array_foreach(v, i, item) TRY(references_in(a->inside, item, each, self));
    if (a->form == FORM_DEPLOYMENTS)
        json_object_foreach((json_t *)(uintptr_t)v, flavor, profiles)
        {
            TRY(each(self, TR_FLAVOR, flavor));
            json_array_foreach(profiles, i, item) TRY(each(self, TR_PROFILE, json_string_value(item)));
        }
    return TSM_OK;
}

enum tsm_err judge_references(enum tr_kind kind, const json_t *entity, judge_reference each, void *self)
{
    return references_in(tr_entity(kind)->attributes, entity, each, self);
}
