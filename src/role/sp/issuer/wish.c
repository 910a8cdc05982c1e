/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of an issued application as they are ordered and shown. Stations 2 and 12. Role. */
#include "role/sp/issuer/issuer.h"

#include <string.h>

#include "base/json.h"

enum tsm_err issuer_wish_judge(enum operation op, const char *exchange, const char *data)
{
    struct changes c;
    json_t *object;
    enum tsm_err e;
    if (op != OP_EXCHANGE)
        return *exchange ? FAIL_FIELD(BAD_VALUE, "exchange", "%s takes no exchange", operation_words[op])
                         : TSM_OK;
    if (!*exchange)
        return FAIL_FIELD(MISSING_FIELD, "exchange",
                          "exchange needs to be told what changes: {\"kind\": ..}");
    TRY(json_read(bytes_of_text(exchange), &object));
    e = changes_read(object, &c);
    json_decref(object);
    TRY(e);
    if (!*data)
        return FAIL_FIELD(MISSING_FIELD, "data",
                          "exchange needs the card data as compact JWE: the script's keys come from them");
    return TSM_OK;
}

enum tsm_err issuer_show(struct tx *tx, int64_t order, json_t *o)
{
    json_t *what, *result;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_EXCHANGE_GET, order));
    if (!db_text(&r, 0)[0])
        return TSM_OK;
    TRY(json_read(bytes_of_text(db_text(&r, 0)), &what));
    json_object_set_new(o, "exchange", what);
    if (!db_text(&r, 1)[0])
        return TSM_OK;
    TRY(json_read(bytes_of_text(db_text(&r, 1)), &result));
    json_object_set_new(what, "result", result);
    return TSM_OK;
}
