/* SPDX-License-Identifier: Apache-2.0 */
/* A line on its way through the vault: read, its keys opened and checked, sealed for the row. Station 1.
 * Role. [capability S1] */
#include <string.h>

#include "base/hex.h"
#include "role/sem/inventory/row.h"
#include "vault/keys/master.h"

static enum tsm_err check_kcv(const struct import_line *l, struct bytes kcvs)
{
    uint8_t want[LINE_KCVS_MAX];
    struct bytes head;
    size_t n;
    if (!l->kcv[0])
        return TSM_OK;
    if (hex_read(l->kcv, want, sizeof want, &n) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "kcv", "the key check value is no hexadecimal text of up to nine octets");
    TRY(bytes_part(kcvs, 0, n, &head));
    if (!bytes_equal(head, BYTES_OF(want, n)))
        return FAIL_FIELD(KCV_WRONG, "kcv", "the key check value does not belong to the keys of this line");
    return TSM_OK;
}

/* Derived once, here: the set is kept as others are. [DESIGN 5] */
static enum tsm_err from_master(const struct importer *im, const struct line_keys *k, struct keyset_target to)
{
    struct keyset_derivation d = {
        .master = {k->master[0], k->master[1], k->master[2]}, .kdf = k->kdf, .form = k->row.form};
    enum tsm_err e;
    memcpy(d.kdd, k->kdd, sizeof d.kdd);
    e = vault_import_derived(im->vault, &d, to);
    if (e == TSM_KEY_MISSING)
        return FAIL_FIELD(KEY_MISSING, "master", "the owner's token has no master key of this name");
    if (e == TSM_BAD_LENGTH)
        return FAIL_FIELD(BAD_LENGTH, "key_len",
                          "the method does not make keys of %u octets from this master", k->row.form.key_len);
    if (e != TSM_OK && !err_may_retry(e) && !err_field()[0])
        return err_fail_field(e, "master", "%s", err_cause()[0] ? err_cause() : err_text(e));
    return e;
}

static enum tsm_err through_vault(const struct importer *im, struct sealed_keyset file_key,
                                  const struct line_keys *k, struct keyset_target to)
{
    enum tsm_err e;
    if (k->derived)
        return from_master(im, k, to);
    if (k->sealed && file_key.blob.len == 0)
        return FAIL_FIELD(KEY_MISSING, "sealed", "no line with the file_key stands before this one");
    e = k->sealed ? vault_import_row(im->vault, file_key, &k->row, to)
                  : vault_import_clear(im->vault, &k->row, to);
    if (e == TSM_MAC_WRONG)
        return FAIL_FIELD(MAC_WRONG, "sealed",
                          "the sealed keys are not this element's, or of another file key");
    return e;
}

static enum tsm_err seal_line(const struct importer *im, struct sealed_keyset file_key,
                              struct ready_line *row)
{
    struct writer blob = WRITER(row->blob);
    struct line_keys k = {.sealed = false};
    enum tsm_err e = import_line_keys(&row->line, &k);
    row->keyset = store_id(im->sem->c.store);
    if (e == TSM_OK)
        e = through_vault(
            im, file_key, &k,
            (struct keyset_target){.id = (uint64_t)row->keyset, .blob = &blob, .kcvs = row->kcvs});
    explicit_bzero(k.room, sizeof k.room);
    TRY(e);
    row->protocol = k.row.form.protocol;
    row->blob_len = blob.len;
    return check_kcv(&row->line, BYTES_OF(row->kcvs[0], sizeof row->kcvs));
}

enum tsm_err import_line_take(const struct importer *im, struct sealed_keyset file_key, const json_t *object,
                              struct ready_line *out)
{
    enum tsm_err e = import_line_read(object, &out->line);
    if (e == TSM_OK && line_has_keys(&out->line))
        e = seal_line(im, file_key, out);
    explicit_bzero(out->line.enc, sizeof out->line.enc);
    explicit_bzero(out->line.mac, sizeof out->line.mac);
    explicit_bzero(out->line.dek, sizeof out->line.dek);
    return e;
}
