/* SPDX-License-Identifier: Apache-2.0 */
/* The audit-leaf writer: each leaf is chained by SHA-256 to the one before and stands in the transaction of
 * its change. Station 12. Edge. */
#include <openssl/evp.h>
#include <string.h>

#include "base/crypto.h"
#include "store/store.h"

/* What is hashed, in this order: previous hash, seq, party, at, trace, what, detail; texts end with their
 * final 0. */
static enum tsm_err leaf_hash(struct bytes previous, const int64_t numbers[3], const struct audit_leaf *leaf,
                              uint8_t hash[SHA256_LEN])
{
    uint8_t head[3 * 8];
    struct writer w = WRITER(head);
    unsigned n = 0;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool fine;
    for (int i = 0; i < 3; i++)
        write_u64(&w, (uint64_t)numbers[i]);
    fine = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) &&
           EVP_DigestUpdate(md, previous.at, previous.len) && EVP_DigestUpdate(md, head, sizeof head) &&
           EVP_DigestUpdate(md, leaf->trace.at, leaf->trace.len) &&
           EVP_DigestUpdate(md, leaf->what, strlen(leaf->what) + 1) &&
           EVP_DigestUpdate(md, leaf->detail, strlen(leaf->detail) + 1) && EVP_DigestFinal_ex(md, hash, &n);
    EVP_MD_CTX_free(md);
    return fine ? TSM_OK : FAIL(NO_MEMORY, "no memory to hash the audit leaf");
}

enum tsm_err audit_add(struct tx *tx, const struct audit_leaf *leaf)
{
    uint8_t previous[SHA256_LEN] = {0}, hash[SHA256_LEN];
    int64_t seq = 1;
    {
        ROWS last = {0};
        enum tsm_err e = db_first(tx, &last, SQL_AUDIT_LAST);
        if (e == TSM_OK) {
            struct bytes b = db_blob(&last, 1);
            size_t n;
            seq = db_int(&last, 0) + 1;
            TRY(bytes_keep(b, previous, sizeof previous, &n));
        } else if (e != TSM_NOT_FOUND) {
            return e;
        }
    }
    TRY(leaf_hash(BYTES(previous), (int64_t[]){seq, leaf->party, tx_now(tx)}, leaf, hash));
    return db_exec(tx, SQL_AUDIT_ADD, seq, leaf->party, tx_now(tx), leaf->trace, leaf->what, leaf->detail,
                   BYTES(hash));
}
