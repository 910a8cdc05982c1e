/* SPDX-License-Identifier: Apache-2.0 */
/* Is this secure element fit for the service, and if not, every reason, each with what may be done.
 * Station 4. Pure. [TR-03165 3.3.1; the six reasons of the DIAD negotiation of GP Messaging; EPC 220-08
 * eligibility] */
#ifndef TSM_ORDER_ELIGIBILITY_H
#define TSM_ORDER_ELIGIBILITY_H

#include "order/partner.h"
#include "order/profile.h"
#include "order/states.h"

/* X(NAME as programs read it, whose it is to act, text, what may be done) */
#define ELIGIBILITY_REASONS(X)                                                                            \
    X(TECHNICAL_INCOMPATIBILITY, SP, "the service has no flavor for this kind of secure element",         \
      "choose another secure element, or add a flavor for its profile")                                   \
    X(NOT_ENOUGH_SPACE, SE, "the secure element has not enough memory left",                              \
      "free space on it, or wait until a booking ends")                                                   \
    X(DAP_NOT_SUPPORTED, SP,                                                                              \
      "the service wants its load files verified and the secure element cannot do it",                    \
      "choose a flavor without DAP")                                                                      \
    X(SSD_NOT_SUPPORTED, SE, "the secure element has no room for security domains of providers",          \
      "choose another secure element")                                                                    \
    X(NOT_ALLOWED, SEM, "the owner does not let this provider onto its secure elements",                  \
      "agree with the owner")                                                                             \
    X(LONG_AID_ALREADY_EXISTS, SP, "an AID of the service is another provider's on this secure element",  \
      "choose another AID, or agree with the owner which one stays")                                      \
    X(SE_LOCKED, SEM, "the secure element is locked", "ask the owner when it will be unlocked")           \
    X(SE_TERMINATED, SE, "the secure element is terminated", "choose another secure element")             \
    X(SE_CLOSED, SE, "the secure element was renewed and is in use no more", "order for its successor")   \
    X(NOT_IDENTIFIED, SEM, "the kind of the secure element is not known yet",                             \
      "ask the owner to identify it")                                                                     \
    X(NOT_CERTIFIED, SE, "the service asks for a certified secure element and this one is not",           \
      "choose another secure element")                                                                    \
    X(SUBSCRIPTION_SUSPENDED, SEM, "the mobile subscription is suspended", "order when it is restored")   \
    X(SUBSCRIPTION_RESTRICTED, SEM, "the mobile subscription is restricted", "order when it is restored") \
    X(SUBSCRIPTION_TERMINATED, SEM, "the mobile subscription has ended", "choose another secure element") \
    X(DEVICE_LOST, DEVICE, "the device is lost", "order when it is found again")                          \
    X(DEVICE_STOLEN, DEVICE, "the device is stolen", "choose another secure element")                     \
    X(DEVICE_WITHOUT_NFC, DEVICE, "the device has no contactless interface", "use another device")        \
    X(DEVICE_NOT_SUPPORTED, DEVICE, "the device is none that the owner supports", "use another device")

enum eligibility_reason {
#define X(name, owner, text, next) REASON_##name,
    ELIGIBILITY_REASONS(X)
#undef X
        REASON_COUNT
};
const char *eligibility_reason_word(enum eligibility_reason reason);
const char *eligibility_reason_text(enum eligibility_reason reason);
const char *eligibility_reason_next(enum eligibility_reason reason);
enum fault_owner eligibility_reason_owner(enum eligibility_reason reason);

struct eligibility_facts {
    const struct se_profile *profile;
    enum se_state state;
    enum se_subscription subscription;
    enum se_device device;
    int64_t needed, booked; /* bytes */
    bool certified;         /* the service asks for a certificate */
    bool wants_dap;         /* it wants its load files verified by the card */
    bool no_flavor;         /* none of its flavors names the profile */
    bool shut_out;          /* the owner does not let this provider in */
    bool aid_taken;         /* another's object on the element has an AID of the service */
};
/* All reasons against; n 0 means fit. */
struct eligibility {
    enum eligibility_reason reason[REASON_COUNT];
    size_t n;
};
void eligibility_judge(const struct eligibility_facts *facts, struct eligibility *out);

#endif
