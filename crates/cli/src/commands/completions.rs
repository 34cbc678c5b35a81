//! `keepsake completions` and `keepsake man`: what a shell and `man` want to know of this program, made of its arguments.

use crate::exit::Exit;
use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::Write;

/// Print what a shell needs to complete this program's commands and options
///
/// For bash: keepsake completions bash > ~/.local/share/bash-completion/completions/keepsake
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Print the manual page, with all commands, for `man -l -`
#[derive(Debug, clap::Args)]
pub struct ManArgs {}

/// Prints the completions of a shell. They are made in memory first: the generator panics where it cannot write.
pub fn run<C: CommandFactory>(args: &Args) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut C::command(), "keepsake", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Exit::AllDone)
}

/// Prints one page: the program, then each of its commands with its options.
pub fn man<C: CommandFactory>() -> Result<Exit> {
    let mut command = C::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for each in command.get_subcommands().filter(|each| !each.is_hide_set() && each.get_name() != "help") {
        let name = format!("keepsake {}", each.get_name());
        let of_command = clap_mangen::Man::new(each.clone());
        writeln!(page, ".SH {}", name.to_uppercase())?;
        of_command.render_description_section(&mut page)?;
        of_command.render_synopsis_section(&mut page)?;
        of_command.render_options_section(&mut page)?;
    }
    std::io::stdout().write_all(&page)?;
    Ok(Exit::AllDone)
}
