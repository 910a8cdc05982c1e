/* SPDX-License-Identifier: Apache-2.0 */
/* The proximity payment system environment. Stations 5 and 10. Pure. [EMV Book B 3.3] */
#include "emv/ppse.h"

#include "base/ber.h"

enum {
    TAG_FCI = 0x6F,
    TAG_DF_NAME = 0x84,
    TAG_PROPRIETARY = 0xA5,
    TAG_ISSUER_DATA = 0xBF0C,
    TAG_ENTRY = 0x61,
    TAG_AID = 0x4F,
    TAG_LABEL = 0x50,
    TAG_PRIORITY = 0x87,
    TAG_KERNEL = 0x9F2A,
};

static enum tsm_err write_entry(const struct ppse_entry *e, struct writer *w)
{
    size_t mark;
    NEED(e->aid.len >= PPSE_AID_MIN && e->aid.len <= PPSE_AID_MAX, BAD_LENGTH);
    NEED(e->label.len <= PPSE_LABEL_MAX, BAD_LENGTH);
    TRY(ber_open(w, TAG_ENTRY, &mark));
    TRY(ber_write(w, TAG_AID, e->aid));
    if (e->label.len)
        TRY(ber_write(w, TAG_LABEL, e->label));
    if (e->priority)
        TRY(ber_write(w, TAG_PRIORITY, BYTES_OF(&e->priority, 1)));
    if (e->kernel.len)
        TRY(ber_write(w, TAG_KERNEL, e->kernel));
    return ber_close(w, mark);
}

enum tsm_err ppse_write(const struct ppse_entry *entries, size_t n, struct writer *w)
{
    struct writer at = *w;
    size_t proprietary, issuer;
    NEED(n >= 1 && n <= PPSE_ENTRIES_MAX, BAD_VALUE);
    TRY(ber_open(&at, TAG_PROPRIETARY, &proprietary));
    TRY(ber_open(&at, TAG_ISSUER_DATA, &issuer));
    for (size_t i = 0; i < n; i++)
        TRY(write_entry(&entries[i], &at));
    TRY(ber_close(&at, issuer));
    TRY(ber_close(&at, proprietary));
    *w = at;
    return TSM_OK;
}

enum tsm_err ppse_fci_write(const struct ppse_entry *entries, size_t n, struct writer *w)
{
    struct writer at = *w;
    size_t fci;
    TRY(ber_open(&at, TAG_FCI, &fci));
    TRY(ber_write(&at, TAG_DF_NAME, bytes_of_text(PPSE_NAME)));
    TRY(ppse_write(entries, n, &at));
    TRY(ber_close(&at, fci));
    *w = at;
    return TSM_OK;
}

static enum tsm_err take(struct bytes *field, struct bytes value)
{
    NEED(field->at == NULL, DUPLICATE_TAG);
    *field = value;
    return TSM_OK;
}

static enum tsm_err read_entry(struct bytes in, struct ppse_entry *out)
{
    struct reader r = READER(in);
    struct ppse_entry e = {.priority = 0};
    struct ber object;
    while (r.left.len) {
        TRY(ber_read(&r, &object));
        if (object.tag == TAG_AID)
            TRY(take(&e.aid, object.value));
        else if (object.tag == TAG_LABEL)
            TRY(take(&e.label, object.value));
        else if (object.tag == TAG_KERNEL)
            TRY(take(&e.kernel, object.value));
        else if (object.tag == TAG_PRIORITY && object.value.len == 1)
            e.priority = object.value.at[0];
    }
    NEED(e.aid.len >= PPSE_AID_MIN && e.aid.len <= PPSE_AID_MAX, BAD_LENGTH);
    *out = e;
    return TSM_OK;
}

enum tsm_err ppse_read(struct bytes fci, struct ppse_entry *entries, size_t cap, size_t *n)
{
    struct bytes inside = fci;
    struct ber object;
    struct reader r;
    size_t count = 0;
    if (fci.len && fci.at[0] == TAG_FCI)
        TRY(ber_find(fci, TAG_FCI, &inside));
    TRY(ber_find(inside, TAG_PROPRIETARY, &inside));
    TRY(ber_find(inside, TAG_ISSUER_DATA, &inside));
    r = READER(inside);
    while (r.left.len) {
        TRY(ber_read(&r, &object));
        if (object.tag != TAG_ENTRY)
            continue;
        NEED(count < cap, TOO_LONG);
        TRY(read_entry(object.value, &entries[count]));
        count++;
    }
    *n = count;
    return TSM_OK;
}
