/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which commands in which security domain, and how a lost answer is settled. Station 5. Pure. [GPCS 2.3.1
 * clause 11, TS 102 226] A plan is a table of steps. A step that changes the card has a probe and a judge;
 * the macros below admit no other.
 */
#ifndef TSM_ORDER_PLAN_H
#define TSM_ORDER_PLAN_H

#include "gp/delegated/receipt.h"
#include "order/profile.h"
#include "order/states.h"

enum {
    SCRIPT_MAX = 320,          /* commands of one step: a load file of 64 KiB in small blocks */
    PLAN_APPLICATIONS_MAX = 8, /* of one service: manage/applications.h has a row for each */
    PLAN_ANSWER_MAX = 4096,    /* joined answer data of one step that a judge may see */
    PLAN_REDO_MAX = 3,         /* how often one step may begin again */
};

/* Whose keys protect a step, and so which security domain executes it. */
enum plan_domain {
    IN_ISSUER,         /* the issuer's domain under the owner's keys */
    IN_PROVIDER_FIRST, /* the provider's domain under the keys that the owner made for it */
    IN_PROVIDER,       /* the provider's domain under the provider's own keys */
    IN_APPLICATION,    /* its first application, which lets that domain open its channel */
    PLAN_DOMAINS
};

struct plan_application {
    uint8_t module[16], instance[16];
    size_t module_len, instance_len;
    uint8_t privileges[3];
    struct bytes parameters; /* its own, in C9 of INSTALL; borrowed */
    bool not_ours;           /* the registry does not know it as this domain's: it is never deleted */
    bool there;              /* the card has it already: it is not installed again */
    bool unselectable;       /* installed, and not made selectable with it */
    bool becomes_selectable; /* when the service is activated */
    bool directory;          /* the payment system environment: it lists, and is never locked */
    bool attests;            /* it gets an attestation token */
};

/* Which token of the facts: one for the load file, one for each application. A plan loads or removes, so the
 * two never meet. */
enum plan_token {
    TOKEN_FOR_FILE,
    TOKEN_FOR_APPLICATION, /* and the next ones */
    PLAN_TOKENS_MAX = TOKEN_FOR_APPLICATION + PLAN_APPLICATIONS_MAX
};

/* What the builders may use; every span is borrowed. */
struct care_facts;
struct issuer_facts;
struct played_facts;
struct plan_facts {
    const struct se_profile *profile;
    const struct issuer_facts *issuer; /* of a change after issuance: order/issuer/plan_issuer.h */
    const struct played_facts *played; /* of a personalisation script: order/played/played.h */
    const struct care_facts *care;     /* of the owner's own plans: order/care/plan_care.h */
    const struct bytes *rules;         /* commands to the access rule master: order/care/rules_step.h */
    size_t n_rules;
    struct bytes domain_aid;                        /* the provider's domain */
    uint32_t tar;                                   /* of that domain */
    struct bytes package_aid, load_file, load_hash; /* load file data block and its SHA-256 */
    bool package_not_ours;                          /* as plan_application.not_ours */
    bool keeps_domain; /* of a removal: more of the domain's content is still to go */
    struct plan_application applications[PLAN_APPLICATIONS_MAX];
    size_t n_applications;
    struct bytes domain_keys; /* STORE DATA content with the provider's first key set, from the vault */
    struct bytes own_keys;    /* PUT KEY content with the provider's own key set, from the vault */
    struct bytes perso; /* DGIs of applications[0], encrypted ones prepared by the vault: see perso_clear */
    const struct plan_dgi *dgis;
    size_t n_dgis;
    bool no_card_data;        /* the flavor personalises nothing */
    struct bytes attestation; /* the token of the application in hand, object 7F41 */
    struct bytes ppse;        /* value of DGI 9102 of the payment system environment */
    size_t data_max;          /* most data bytes of one plain command for this bearer */
    enum domain_mode mode;
    bool verifies_dap;                   /* the domain gets the DAP Verification privilege */
    struct bytes dap_blocks;             /* in front of the load file (gp/delegated/dap.h); may be empty */
    struct bytes token[PLAN_TOKENS_MAX]; /* of the owner, delegated mode: order/manage/mode.h */
    /* PUT KEY data fields of order/manage/keys.h; the card has the owner's two already. */
    struct bytes token_key, receipt_key, dap_key;
    bool prepared;
    struct domain_terms {
        uint32_t privileges;                 /* beside those of the mode */
        uint32_t nonvolatile, volatile_room; /* octets granted to it and to all below it; 0: no limit */
        struct bytes parent;                 /* AID of the domain above; empty: the issuer's */
        bool keys_elsewhere;                 /* its first keys do not come from the owner */
        bool opens_by_scp11;                 /* but put by the provider in a channel of SCP11 */
        bool reads_casd;                     /* but through the Controlling Authority's domain */
        bool tells_keys;                     /* and the card says once what they are made of */
    } terms;
    bool no_first_keys;           /* the owner made none: nothing is to be retired */
    bool own_keys_there;          /* the domain has the provider's keys from the beginning */
    bool package_there;           /* loaded for another service: the same octets, so it is not loaded again */
    bool package_used;            /* others' applications were made from it: it stays */
    struct bytes package_domain;  /* of a package that is there: what is made from it begins there */
    struct bytes moved, moved_to; /* extradition: application, load file or domain, and its new domain */
    bool moves_load_file;
};
struct plan_dgi {
    uint16_t id;
    bool encrypted;
    struct bytes value;
};

/* The plain commands of a step, in order. The bytes lie in `store`, which the caller lends. */
struct script {
    struct writer store;
    struct bytes command[SCRIPT_MAX];
    size_t n;
};

/* One answer as a judge sees it. */
struct step_answer {
    struct bytes data;
    uint16_t sw;
};
/* REFUSED: it never will be, whatever is sent again. */
enum verdict { VERDICT_DONE, VERDICT_NOT_DONE, VERDICT_PARTIAL, VERDICT_REFUSED };

struct plan_step {
    const char *name, *text;
    enum plan_domain domain;
    int arg; /* which application */
    enum tsm_err (*build)(const struct plan_facts *f, int arg, struct script *out);
    bool changes_card;
    enum tsm_err (*probe)(const struct plan_facts *f, int arg, struct script *out);
    enum verdict (*judge)(const struct plan_facts *f, int arg, const struct step_answer *answers, size_t n);
    uint16_t also_fine; /* a status word other than 9000 that means the wanted state: 6A88 for DELETE */
    bool (*needless)(const struct plan_facts *f, int arg); /* the step is passed over; NULL: never */
    bool ask_first; /* the card is asked before anything is sent: it may have come so far by itself */
    bool confirm;   /* a good answer is not enough: the probe has the last word */
    /* Delegated management: the plain command that needs the owner's token, and where that stands in the
     * facts; what the receipt in the last answer is about. NULL: none is due. */
    enum tsm_err (*request)(const struct plan_facts *f, int arg, struct script *out);
    int token;
    void (*event)(const struct plan_facts *f, int arg, struct receipt_event *out);
    /* Status words that go on where they are not the usual ones; NULL: 9000 and `also_fine`. */
    bool (*fine)(const struct plan_facts *f, int arg, uint16_t sw);
    bool untold; /* whether it is done shows nowhere, and it may be done twice: it begins again unasked */
    bool once;   /* it is not sent again when its answer was lost: the talk ends */
};

struct plan {
    const char *name;
    const struct plan_step *steps;
    size_t n;
};

/* The owner's plans (simple mode) and the provider's; which mode has which: order/manage/mode.h. */
extern const struct plan plan_create_domain, plan_load_and_install, plan_remove, plan_remove_domain;
extern const struct plan plan_load_delegated, plan_remove_delegated, plan_load_authorized,
    plan_remove_authorized;
extern const struct plan plan_prepare, plan_extradite, plan_confirm, plan_directory, plan_set_up,
    plan_set_up_anew;
extern const struct plan plan_make_accessible;            /* order/activation/plan_accessible.c */
extern const struct plan plan_upgrade, plan_upgrade_back; /* Amendment H; order/manage/plan/upgrade.c */
extern const struct plan plan_own_keys, plan_personalise, plan_activate, plan_suspend, plan_resume;

/* Every plan there is, for the tests and the docs; ended by NULL. */
extern const struct plan *const plans_all[];

#endif
