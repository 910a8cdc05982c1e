/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a card record was given before, judged in the vault. Station 2. Role. */
#include "role/sp/prep/same.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "order/states.h"
#include "vault/operation/perso.h"

enum { WITHIN_MAX = SERVICE_MAX + IDENT_MAX + 2 };
/* No card expired before the age of cards: whether this one is current was judged when it was first given. */
#define ANY_MONTH "0000"

struct looking {
    const struct same_asked *asked;
    int64_t order;
    char element[IDENT_MAX + 1];
    uint8_t dedup[SHA256_LEN];
    size_t dedup_len;
    uint8_t *data; /* owned; NULL where the order has none any more */
    size_t data_len;
};

static enum tsm_err look(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    struct bytes data;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PREP_ORDER_OF, l->asked->instance, (int64_t)OP_DEPLOY);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    data = db_blob(&r, 1);
    TRY(bytes_keep(db_blob(&r, 2), l->dedup, sizeof l->dedup, &l->dedup_len));
    snprintf(l->element, sizeof l->element, "%s", db_text(&r, 3));
    if (data.len) {
        l->data = malloc(data.len);
        NEED(l->data != NULL, NO_MEMORY);
        memcpy(l->data, data.at, data.len);
        l->data_len = data.len;
    }
    l->order = db_int(&r, 0);
    return TSM_OK;
}

static enum tsm_err mark_of(struct vault_party *vault, const struct looking *l, struct bytes data,
                            uint8_t mark[SHA256_LEN])
{
    char within[WITHIN_MAX];
    struct card_facts facts;
    snprintf(within, sizeof within, "%s|%s", l->asked->service, l->element);
    TRY(vault_card_judge(vault, &(struct card_order){data, ANY_MONTH, bytes_of_text(within)}, &facts));
    memcpy(mark, facts.duplicate, SHA256_LEN);
    return TSM_OK;
}

/* Is the record at fault, and not the vault that should read it? What cannot be read is no card that was
 * given. */
static bool is_of_the_record(enum tsm_err e)
{
    return e == TSM_MAC_WRONG || e == TSM_NO_ROOM || err_http(e) < 500;
}

/* The mark of the first record: from its data while it is in work, from its instance afterwards. */
static enum tsm_err compare(struct vault_party *vault, const struct looking *l, bool *is_same)
{
    uint8_t first[SHA256_LEN], second[SHA256_LEN];
    *is_same = false;
    TRY(mark_of(vault, l, l->asked->data, second));
    if (l->data_len)
        TRY(mark_of(vault, l, BYTES_OF(l->data, l->data_len), first));
    *is_same = bytes_equal(l->data_len ? BYTES(first) : BYTES_OF(l->dedup, l->dedup_len), BYTES(second));
    return TSM_OK;
}

static enum tsm_err judge(struct vault_party *vault, const struct looking *l, int64_t *order)
{
    bool is_same;
    enum tsm_err e = compare(vault, l, &is_same);
    if (e != TSM_OK)
        return is_of_the_record(e) ? TSM_OK : e;
    *order = is_same ? l->order : 0;
    return TSM_OK;
}

enum tsm_err same_order(struct sp *sp, const struct same_asked *asked, int64_t *order)
{
    struct looking l = {.asked = asked};
    struct vault_party *vault;
    enum tsm_err e = sp->c.vault_of(sp->c.self, asked->party, &vault);
    *order = 0;
    if (e == TSM_OK)
        e = store_read(sp->c.store, look, &l);
    if (e == TSM_OK && l.order)
        e = judge(vault, &l, order);
    free(l.data);
    return e;
}
