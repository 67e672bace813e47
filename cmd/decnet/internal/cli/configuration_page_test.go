package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/worker"
)

const configurationIntro = `# Configuration

Made from the code by ` + "`make tidy`" + `; do not edit.

A setting comes from, each winning over those before it:

1. its default;
2. the configuration file: ` + "`decnet.yaml`" + ` in the data folder, or the file of ` + "`--config`" + ` or ` + "`DECNET_CONFIG`" + ` (YAML, TOML or JSON);
3. its variables in ` + "`.env`" + ` and then ` + "`.env.local`" + ` of the data folder, then in those of the working directory;
4. its variables in the environment;
5. a flag.

` + "`decnet config show --origin`" + ` shows what is in force and where it came from. An unknown key, a value of the wrong
type and a secret that everybody knows are errors; an unknown ` + "`DECNET_`" + ` variable is a warning. Variables that are
empty count as not set.

## Settings

` + "`DATA`" + ` stands for the data folder. Of the variables of a setting that are in one place, the first one counts.
Those that are marked *ms* or *min* are whole numbers of milliseconds or minutes; all others are written as in a
file (` + "`250ms`, `1h30m`, `true`" + `). Those that are marked *host* or *port* set that part of an address unless the same place
sets all of it: ` + "`DECNET_API_*` and `DECNET_WEB_*`" + ` are the same listener here, so if both are set in one place, they have
to say the same.

| key | variables | default | what |
|---|---|---|---|
| – | ` + "`DECNET_DATA_DIR`" + ` | ` + "`decnet`" + ` in your state folder | the data folder, also ` + "`--data-dir`" + ` |
| – | ` + "`DECNET_CONFIG`" + ` | DATA/decnet.yaml, if there is one | the configuration file, also ` + "`--config`" + ` |
`

const configurationEnv = `
A *secret* is never shown. A file that holds one should be readable by its owner only; there is a warning if it is not.

## .env files

` + "`.env.local`" + ` wins over ` + "`.env`" + `. Only names that begin with ` + "`DECNET_` or `OTEL_`" + ` are taken from them; everything else
in them is for other programs. A file that belongs to somebody else than you, root or the user who called sudo, or
that everybody may write, is not read, since settings name programs to run. Paths are relative to the working
directory. At most 64 KiB are read.

` + "```sh" + `
# A comment; "export" may stand in front of a name.
DECNET_API_PORT=8443              # from white space and # on, it is a comment
DECNET_ADMIN_PASSWORD='as "it" \stands'
DECNET_DB_PATH="/srv/\"decoys\"/$x.db"  # \" \\ and \n are escapes; nothing is substituted
` + "```" + `

## Variables of the Python system that mean nothing here

Setting one is a warning with the reason. What it set inside containers (` + "`NODE_NAME`, `LOG_TARGET`, `SSH_*`" + ` and so on)
is in the settings of the [services](reference/services.md).

| variables | why |
|---|---|
`

// The page of settings is made from the configuration's tags; this keeps it true.
func TestConfigurationPageIsCurrent(t *testing.T) {
	cfg := stack.Default("DATA")
	cfg.Deployer.NativeDir = "/run/decnet/(from DATA)/netns" // which depends on where DATA is
	cfg.Deployer.Installation, cfg.Collector.Installation = "from-data", "from-data"
	cfg.Host = "(this machine's name)"
	settings, err := worker.Load(&cfg, worker.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(configurationIntro)
	for _, s := range settings {
		if s.Doc == "" {
			t.Errorf("setting %s has no doc tag", s.Key)
		}
		var names []string
		for _, v := range s.Env {
			name := "`" + v.Name + "`"
			if mark := v.Unit + v.Part; mark != "" {
				name += " *" + mark + "*"
			}
			names = append(names, name)
		}
		what := s.Doc
		if s.Secret {
			what += "; *secret*"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Key, strings.Join(names, ", "), orDash(fmt.Sprint(s.Shown())), what)
	}
	b.WriteString(configurationEnv)
	for _, f := range foreigners {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.Join(f.names, "`, `"), f.why)
	}
	checkPage(t, "configuration.md", b.String())
}
