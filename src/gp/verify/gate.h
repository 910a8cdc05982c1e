/* SPDX-License-Identifier: Apache-2.0 */
/* The applet admission gate: is this CAP file what it says, is its bytecode safe, and may it go to this kind
 * of element for this provider. Station 4. Pure. [JCVM 6 and 7; docs/admission.md] */
#ifndef TSM_GP_VERIFY_GATE_H
#define TSM_GP_VERIFY_GATE_H

#include "gp/verify/model.h"

/* What the element and the parties allow; an empty list asks nothing. All spans are borrowed. */
struct cap_policy {
    const struct cap_package *offered; /* packages of the element with their versions */
    size_t offered_count;
    size_t memory;             /* bytes free for code and static data; 0: not told */
    bool no_int;               /* the element has no int */
    const struct bytes *owner; /* AID prefixes of the provider, RIDs mostly */
    size_t owner_count;
    const struct bytes *taken; /* AIDs of packages and applets that belong to others */
    size_t taken_count;
    const uint8_t (*hash)[SHA256_LEN]; /* allow-list of load file data block hashes */
    size_t hash_count;
    bool hash_only;      /* a file that is not on the list is refused */
    bool allow_unproven; /* what could not be judged is admitted */
};

/* The verdict: admitted when nothing was refused, and what is unproven is allowed or the hash is on the list.
 * A hash on the list does not admit what is refused. */
struct cap_verdict {
    bool admitted, listed;
    uint8_t hash[SHA256_LEN];
};

/*
 * Structure and bytecode alone. `model` is the caller's room, of any content (a few megabytes: not for a
 * stack); `exports` are export files that come before what is known here. All findings go to `report`, which
 * begins empty. Work is bounded: CAP-39 tells where the bound was met. The failures of bad export files are
 * returned; a CAP file that is refused is no failure.
 */
struct cap_exports {
    const struct bytes *file;
    size_t count;
};
enum tsm_err cap_verify(const struct cap *cap, const struct cap_exports *exports, struct cap_model *model,
                        struct cap_report *report);
/* The rules of admission (CAP-50 and up), and the verdict over all findings of `report`. CRYPTO_FAILED. */
enum tsm_err cap_admit(const struct cap *cap, const struct cap_policy *policy, struct crypto *c,
                       struct cap_report *report, struct cap_verdict *out);
/* A file that cannot be read: the failure in hand (err_cause) becomes the finding CAP-01. */
void cap_unreadable(struct cap_report *report);

#endif
