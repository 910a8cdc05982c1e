/* SPDX-License-Identifier: Apache-2.0 */
/* The entities of the administration interface and their attributes as tables: mandatory, optional or
 * automatic; editable or not; form and limits. Station 2. Role, without I/O. [TR-03165 4.1.4] */
#ifndef TSM_ROLE_SP_SPTSM_MODEL_ENTITY_H
#define TSM_ROLE_SP_SPTSM_MODEL_ENTITY_H

#include "base/json.h"

/* Stored numbers; append only. store/statements/sptsm.h names them. */
enum tr_kind {
    TR_NO_KIND,
    TR_PROVIDER,
    TR_SERVICE,
    TR_VERSION,
    TR_FLAVOR,
    TR_PROFILE,
    TR_ELF,
    TR_EM,
    TR_CONFIG,
    TR_SCRIPT,
    TR_CERTIFICATE,
    TR_SPOS,
    TR_KINDS
};

enum tr_form {
    FORM_TEXT,        /* min..max characters */
    FORM_UUID,        /* of an entity of `kind`; TR_NO_KIND: of nothing */
    FORM_AID,         /* 5 to 16 bytes in hex [ISO/IEC 7816-4] */
    FORM_TLV,         /* TLV structures in hex, spaces between bytes allowed */
    FORM_URI,         /* with a scheme, or a path [RFC 3986] */
    FORM_TAG,         /* major.minor.revision */
    FORM_NUMBER,      /* min..max */
    FORM_FLAG,        /* true or false */
    FORM_TEXT_MAP,    /* {text: text} */
    FORM_FLAG_MAP,    /* {text: flag} */
    FORM_AID_LIST,    /* [AID] */
    FORM_UUID_LIST,   /* [UUID of kind] */
    FORM_WORD_LIST,   /* [one of words] */
    FORM_TEXT_LIST,   /* [text] */
    FORM_OBJECT,      /* attributes `inside` */
    FORM_OBJECT_LIST, /* [attributes inside] */
    FORM_DEPLOYMENTS, /* {Flavor id: [SecureComponentProfile id]} */
    FORMS
};

enum tr_need { NEED_MANDATORY, NEED_OPTIONAL, NEED_AUTOMATIC };
enum tr_edit {
    EDIT_NO,
    EDIT_YES,
    EDIT_UNPUBLISHED, /* C: as long as no published flavor holds it */
};
/* What an automatic attribute gets when its entity is made. */
enum tr_source { FROM_NOTHING, FROM_UID, FROM_PROVIDER, FROM_PARENT, FROM_NOW, FROM_DOMAIN, TR_SOURCES };

struct tr_attribute {
    const char *name;
    enum tr_form form;
    enum tr_need need;
    enum tr_edit edit;
    int64_t min, max;
    enum tr_kind kind;                 /* of what it refers to */
    const struct tr_attribute *inside; /* of objects */
    const char *const *words;
    const char *fallback; /* JSON of the value when it is not given; NULL: the empty one of its form */
    enum tr_source source;
};

struct tr_entity_row {
    const char *name;    /* as error messages say it */
    enum tr_kind parent; /* TR_NO_KIND: of the provider itself */
    const struct tr_attribute *attributes;
    /* What its upload is called, NULL where it has none: parts of the form [4.1.6.5.2, 4.1.6.7.2, 4.1.6.8.2].
     */
    const char *part_name, *part_file, *types;
};

const struct tr_entity_row *tr_entity(enum tr_kind kind);
/* NULL when there is none of this name. */
const struct tr_attribute *tr_attribute(const struct tr_attribute *rows, const char *name);

/* The words of InstallConfig.privileges and their bits in three octets [GPCS 2.3.1 table 11-9; number 20 of
 * the GlobalPlatform Privacy Framework]. */
extern const char *const tr_privileges[];
uint32_t tr_privilege_bits(const char *word);

enum { TR_TEXT_MAX = 255, TR_URL_MAX = 500, UUID_TEXT_LEN = 36, TR_TIME_TEXT = 25 };

#endif
