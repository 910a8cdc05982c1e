/* SPDX-License-Identifier: Apache-2.0 */
/* The directives of a capasm source: package, imports, applets, externals, classes and methods (build tool,
 * edge: reads one file). The grammar is the one demo-payment.capasm shows; '#' begins a comment. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "capasm.h"

struct reader {
    struct package *p;
    struct class *class;   /* the open class, or NULL */
    struct method *method; /* the open method, or NULL */
    struct body body;
};

enum { FORMAT_MAJOR = 2, TOKEN_MAX = 127, CLASS_TOKEN_MAX = 254, CELLS_MAX = 255 };

static int read_format(struct reader *r, const struct line *l)
{
    struct package *p = r->p;

    if (word_version(l, 1, &p->format_major, &p->format_minor) != 0)
        return -1;
    if (p->format_major != FORMAT_MAJOR || p->format_minor < 1 || p->format_minor > 2)
        return fail(l->at, "the CAP formats known are 2.1 and 2.2");
    return 0;
}

static int read_info(struct package_info *info, const struct line *l)
{
    if (word_name(l, 1, info->name) != 0 || word_aid(l, 2, &info->aid) != 0)
        return -1;
    return word_version(l, 3, &info->major, &info->minor);
}

static int read_package(struct reader *r, const struct line *l)
{
    return read_info(&r->p->self, l);
}

static int read_import(struct reader *r, const struct line *l)
{
    if (r->p->import_count == IMPORTS_MAX)
        return fail(l->at, "more than %d imports", IMPORTS_MAX);
    return read_info(&r->p->imports[r->p->import_count++], l);
}

static int read_applet(struct reader *r, const struct line *l)
{
    if (r->p->applet_count == APPLETS_MAX)
        return fail(l->at, "more than %d applets", APPLETS_MAX);
    struct applet *a = &r->p->applets[r->p->applet_count++];
    a->line = l->at.line;
    if (word_aid(l, 1, &a->aid) != 0)
        return -1;
    return word_name(l, 2, a->class_name);
}

static int read_external_kind(struct external *e, const struct line *l)
{
    char kind[NAME_MAX_LEN + 1];

    if (word_name(l, 2, kind) != 0)
        return -1;
    if (strcmp(kind, "class") == 0)
        e->tag = POOL_CLASS;
    else if (strcmp(kind, "static") == 0)
        e->tag = POOL_STATIC;
    else if (strcmp(kind, "virtual") == 0)
        e->tag = POOL_VIRTUAL;
    else if (strcmp(kind, "interface") == 0)
        e->of_interface = true;
    else
        return fail(l->at, "an external is a class, static, virtual or interface, not '%s'", kind);
    return 0;
}

/* external NAME KIND PACKAGE CLASS-TOKEN [TOKEN SIGNATURE] */
static int read_external(struct reader *r, const struct line *l)
{
    char package[NAME_MAX_LEN + 1];
    long class_token = 0, token = 0;

    if (r->p->external_count == EXTERNALS_MAX)
        return fail(l->at, "more than %d externals", EXTERNALS_MAX);
    struct external *e = &r->p->externals[r->p->external_count++];
    if (word_name(l, 1, e->name) != 0 || read_external_kind(e, l) != 0 || word_name(l, 3, package) != 0 ||
        word_number(l, 4, 0, CLASS_TOKEN_MAX, &class_token) != 0)
        return -1;
    const int import = import_index(r->p, package);
    if (import < 0)
        return fail(l->at, "package '%s' is not imported", package);
    e->package = (uint8_t)import;
    e->class_token = (uint8_t)class_token;
    if (e->tag == POOL_CLASS)
        return 0;
    if (word_number(l, 5, 0, TOKEN_MAX, &token) != 0)
        return -1;
    e->token = (uint8_t)token;
    return word_signature(l, 6, e->signature);
}

/* class NAME extends CLASS [implements INTERFACE] */
static int read_class(struct reader *r, const struct line *l)
{
    if (r->p->class_count == CLASSES_MAX)
        return fail(l->at, "more than %d classes", CLASSES_MAX);
    struct class *c = &r->p->classes[r->p->class_count];
    if (word_name(l, 1, c->name) != 0 || word_name(l, 3, c->super) != 0)
        return -1;
    const struct external *e = external_find(r->p, c->super);
    if (strcmp(l->word[2], "extends") != 0 ||
        ((e == NULL || e->tag != POOL_CLASS) && class_index(r->p, c->super) < 0))
        return fail(l->at, "a class reads 'class NAME extends EXTERNAL-CLASS' or one that stands above");
    if (class_index(r->p, c->name) >= 0)
        return fail(l->at, "class '%s' stands twice", c->name);
    for (size_t i = 4; i < l->count; i++) {
        if (strcmp(l->word[i], "implements") == 0 && i + 1 < l->count) {
            if (word_name(l, ++i, c->interface) != 0)
                return -1;
        } else {
            return fail(l->at, "'%s' is no attribute of a class", l->word[i]);
        }
    }
    r->class = c;
    r->p->class_count++;
    return 0;
}

/* interface NAME: its methods are `method NAME SIGNATURE public virtual TOKEN`, and `end` */
static int read_interface(struct reader *r, const struct line *l)
{
    if (r->p->class_count == CLASSES_MAX)
        return fail(l->at, "more than %d classes", CLASSES_MAX);
    struct class *c = &r->p->classes[r->p->class_count];
    if (word_name(l, 1, c->name) != 0)
        return -1;
    if (class_index(r->p, c->name) >= 0)
        return fail(l->at, "class '%s' stands twice", c->name);
    c->is_interface = true;
    r->class = c;
    r->p->class_count++;
    return 0;
}

static int read_field(struct reader *r, const struct line *l)
{
    return field_read(r->p, l);
}

static int read_int(struct reader *r, const struct line *l)
{
    (void)l;
    r->p->uses_int = true;
    return 0;
}

/* One of: public, private, protected, static, virtual N, stack N, locals N. *index moves past it. */
static int read_attribute(struct method *m, const struct line *l, size_t *index)
{
    static const struct {
        const char *name;
        uint8_t flag;
    } flags[] = {{"public", ACC_PUBLIC},
                 {"private", ACC_PRIVATE},
                 {"protected", ACC_PROTECTED},
                 {"static", ACC_STATIC},
                 {"final", ACC_FINAL}};
    const char *w = l->word[(*index)++];
    long value = 0;

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(w, flags[i].name) == 0) {
            m->access |= flags[i].flag;
            return 0;
        }
    }
    const bool is_virtual = strcmp(w, "virtual") == 0, stack = strcmp(w, "stack") == 0;
    if (!is_virtual && !stack && strcmp(w, "locals") != 0)
        return fail(l->at, "'%s' is no attribute of a method", w);
    if (word_number(l, (*index)++, 0, is_virtual ? TOKEN_MAX : CELLS_MAX, &value) != 0)
        return -1;
    m->is_virtual |= is_virtual;
    *(is_virtual ? &m->token : stack ? &m->stack : &m->locals) = (uint8_t)value;
    return 0;
}

/* Fills in what follows from the name, signature and attributes. */
static int complete_method(struct reader *r, struct method *m, const char *name, const struct line *l)
{
    const bool init = strcmp(name, "<init>") == 0;
    const bool is_static = (m->access & ACC_STATIC) != 0;
    const int args = signature_args(m->signature) + (is_static ? 0 : 1);

    if (strlen(r->class->name) + 1 + strlen(name) > NAME_MAX_LEN)
        return fail(l->at, "Class.method has at most %d characters", NAME_MAX_LEN);
    strcpy(m->name, r->class->name);
    strcat(m->name, ".");
    strcat(m->name, name);
    if (method_find(r->p, m->name) != NULL)
        return fail(l->at, "method '%s' stands twice", m->name);
    const bool private = (m->access & ACC_PRIVATE) != 0;
    if (m->is_virtual == (init || is_static || private))
        return fail(l->at, "'%s' must be exactly one of static, private, <init> or virtual", name);
    if (args > CELLS_MAX)
        return fail(l->at, "a method takes at most %d cells", CELLS_MAX);
    m->args = (uint8_t)args;
    if (init)
        m->access |= ACC_INIT;
    if (!m->is_virtual)
        m->token = private ? UINT8_MAX : r->class->next_static_token++;
    if (r->class->is_interface)
        m->access |= ACC_ABSTRACT;
    return 0;
}

/* method NAME SIGNATURE ATTRIBUTES */
static int read_method(struct reader *r, const struct line *l)
{
    char name[NAME_MAX_LEN + 1];
    size_t index = 3;

    if (r->p->method_count == METHODS_MAX)
        return fail(l->at, "more than %d methods", METHODS_MAX);
    struct method *m = &r->p->methods[r->p->method_count];
    if (word_name(l, 1, name) != 0 || word_signature(l, 2, m->signature) != 0)
        return -1;
    while (index < l->count)
        if (read_attribute(m, l, &index) != 0)
            return -1;
    if (complete_method(r, m, name, l) != 0)
        return -1;
    m->class_index = r->p->class_count - 1;
    r->p->method_count++;
    r->method = m;
    body_begin(&r->body, m);
    return 0;
}

static int read_end(struct reader *r, const struct line *l)
{
    if (r->method != NULL) {
        if (r->method->code_len == 0 && !r->class->is_interface)
            return fail(l->at, "method '%s' has no code", r->method->name);
        r->method = NULL;
        return body_end(&r->body);
    }
    r->class = NULL;
    return 0;
}

static int read_directive(struct reader *r, const struct line *l)
{
    static const struct {
        const char *name;
        bool in_class;
        size_t words; /* at most */
        int (*read)(struct reader *, const struct line *);
    } directives[] = {{"format", false, 2, read_format},       {"package", false, 4, read_package},
                      {"import", false, 4, read_import},       {"applet", false, 3, read_applet},
                      {"external", false, 7, read_external},   {"int", false, 1, read_int},
                      {"class", false, 6, read_class},         {"interface", false, 2, read_interface},
                      {"field", true, WORDS_MAX, read_field},  {"end", true, 1, read_end},
                      {"method", true, WORDS_MAX, read_method}};

    if (r->method != NULL && strcmp(l->word[0], "end") != 0)
        return body_line(&r->body, r->p, l);
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++) {
        if (strcmp(l->word[0], directives[i].name) != 0)
            continue;
        if (directives[i].in_class != (r->class != NULL))
            return fail(l->at, "'%s' cannot stand here", l->word[0]);
        if (l->count > directives[i].words)
            return fail(l->at, "'%s' has too many words", l->word[0]);
        return directives[i].read(r, l);
    }
    return fail(l->at, "'%s' is no directive", l->word[0]);
}

static int read_lines(struct reader *r, FILE *f, const char *file)
{
    struct line l = {.at = {.file = file}};

    while (fgets(l.text, sizeof l.text, f) != NULL) {
        l.at.line++;
        if (strlen(l.text) > LINE_MAX_LEN)
            return fail(l.at, "a line has at most %d characters", LINE_MAX_LEN);
        if (line_split(&l) != 0)
            return -1;
        if (l.count > 0 && read_directive(r, &l) != 0)
            return -1;
    }
    if (ferror(f))
        return fail(l.at, "cannot read: %s", strerror(errno));
    if (r->class != NULL)
        return fail(l.at, "class '%s' is not ended", r->class->name);
    if (r->p->format_major == 0 || r->p->self.aid.len == 0)
        return fail(l.at, "a load file needs 'format' and 'package'");
    return 0;
}

int source_read(struct package *p, const char *file)
{
    static struct reader r; /* too large for the stack of a small machine */
    FILE *f = fopen(file, "r");

    if (f == NULL)
        return fail((struct place){.file = file}, "%s", strerror(errno));
    r = (struct reader){.p = p};
    const int result = read_lines(&r, f, file);
    fclose(f);
    return result;
}
