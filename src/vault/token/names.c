/* SPDX-License-Identifier: Apache-2.0 */
/* Objects by label, and the table of key names whose handles are found once and again after a lost session.
 * Edge. [PKCS#11 v2.40 5.7] */
#include "vault/token/inside.h"

#include <string.h>

CK_RV find_object(const struct lease *l, const char *label, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *out)
{
    CK_ATTRIBUTE want[] = {{CKA_CLASS, &class, sizeof class}, {CKA_LABEL, ck_text(label), strlen(label)}};
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
    CK_ULONG n = 0;
    CK_RV rv = l->f->C_FindObjectsInit(l->session, want, 2);
    if (rv != CKR_OK)
        return rv;
    rv = l->f->C_FindObjects(l->session, &found, 1, &n);
    l->f->C_FindObjectsFinal(l->session);
    *out = n == 1 ? found : CK_INVALID_HANDLE;
    return rv;
}

struct name_search {
    const char *label;
    CK_OBJECT_CLASS class;
    CK_OBJECT_HANDLE found;
    struct token_name witness; /* a key that was there before, or no label */
};

/* A token whose storage went away shows no keys at all: then the witness is missing too, which is a failure
 * of the token and not of the name. */
static CK_RV search_name(const struct lease *l, void *arg)
{
    struct name_search *s = arg;
    CK_OBJECT_HANDLE seen = CK_INVALID_HANDLE;
    CK_RV rv = find_object(l, s->label, s->class, &s->found);
    if (rv != CKR_OK || s->found != CK_INVALID_HANDLE || !s->witness.label[0])
        return rv;
    rv = find_object(l, s->witness.label, s->witness.class, &seen);
    return rv == CKR_OK && seen == CK_INVALID_HANDLE ? CKR_TOKEN_NOT_PRESENT : rv;
}

static void choose_witness(const struct token *t, struct name_search *s)
{
    for (size_t i = 0; i < t->names_n && !s->witness.label[0]; i++)
        if (t->names[i].label[0])
            s->witness = t->names[i];
}

static long known_name(const struct token *t, const char *label, CK_OBJECT_CLASS class)
{
    for (size_t i = 0; i < t->names_n; i++)
        if (t->names[i].class == class && !strcmp(t->names[i].label, label))
            return (long)i;
    return TOKEN_NO_KEY;
}

static enum tsm_err note_name(struct token *t, const struct name_search *s, long *out)
{
    struct token_name *name;
    long at = known_name(t, s->label, s->class);
    if (at == TOKEN_NO_KEY) {
        if (t->names_n == TOKEN_NAMES_MAX)
            return FAIL(KEY_REFUSED, "more than %d key names of one token", TOKEN_NAMES_MAX);
        at = (long)t->names_n;
        name = &t->names[t->names_n];
        *name = (struct token_name){{0}, s->class, CK_INVALID_HANDLE};
        memcpy(name->label, s->label, strlen(s->label));
        t->names_n++;
    }
    *out = at;
    return TSM_OK;
}

enum tsm_err token_name(struct token *t, const char *label, CK_OBJECT_CLASS class, long *out)
{
    struct name_search s = {label, class, CK_INVALID_HANDLE, {{0}, 0, 0}};
    long known;
    enum tsm_err e;
    NEED(label[0] && strlen(label) <= TOKEN_NAME_MAX, KEY_MISSING);
    pthread_mutex_lock(&t->lock);
    known = known_name(t, label, class);
    if (known != TOKEN_NO_KEY && t->names[known].handle == CK_INVALID_HANDLE)
        known = TOKEN_NO_KEY;
    choose_witness(t, &s);
    pthread_mutex_unlock(&t->lock);
    if (known != TOKEN_NO_KEY) {
        *out = known;
        return TSM_OK;
    }
    TRY(token_run(t, &(struct token_call){"C_FindObjects", search_name, &s, TOKEN_NO_KEY}));
    if (s.found == CK_INVALID_HANDLE)
        return FAIL(KEY_MISSING, "the token holds no key named %s", label);
    pthread_mutex_lock(&t->lock);
    e = note_name(t, &s, out);
    pthread_mutex_unlock(&t->lock);
    return e;
}

void token_forget_name(struct token *t, const char *label)
{
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < t->names_n; i++)
        if (!strcmp(t->names[i].label, label))
            t->names[i] = (struct token_name){{0}, 0, CK_INVALID_HANDLE};
    pthread_mutex_unlock(&t->lock);
}
