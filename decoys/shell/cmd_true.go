package shell

func cmdTrue(*proc) int { return 0 }

func cmdFalse(*proc) int { return 1 }

// cmdQuiet is what says nothing when all is well, and nothing is to be seen of it.
func cmdQuiet(p *proc) int {
	for _, a := range p.args[1:] {
		switch a {
		case "--help":
			return p.helpText()
		case "--version":
			return p.version()
		}
	}
	return 0
}
