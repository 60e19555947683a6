//! Completions and manual pages, which the binary makes of its own command line.

use std::process::{Command, Output};

fn copydesk(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_copydesk")).args(arguments).output();
    output.expect("the binary starts")
}

fn text(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("written in UTF-8")
}

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let help = text(copydesk(&["--help"]));
    let (_, rest) = help.split_once("Commands:\n").expect("they have a heading");
    let listed = rest.lines().take_while(|line| !line.is_empty());
    let named = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.map(|line| line.split_whitespace().next().expect("a name").to_owned()).collect()
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    text(copydesk(&["man", folder.path().to_str().unwrap()]));
    let page = |name: &str| {
        let path = folder.path().join(format!("{name}.1"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let commands = commands();
    assert!(commands.len() >= 11, "{commands:?}");
    for command in &commands {
        let page = page(&format!("copydesk-{command}"));
        assert!(page.contains(".TH ") && page.contains(".SH SYNOPSIS"), "{page}");
        assert!(page_title(&page).contains(command.as_str()), "{page}");
    }
    assert!(page("copydesk-dlq-replay").contains("dry\\-run"));
    assert!(page("copydesk").contains("Exit codes"));
}

fn page_title(page: &str) -> &str {
    page.lines().find(|line| line.starts_with(".TH ")).unwrap_or_default()
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let output = copydesk(&["man", "/nowhere/at/all"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("/nowhere/at/all"), "{told}");
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = text(copydesk(&["completions", shell]));
        for command in commands() {
            assert!(script.contains(&command), "{shell} does not know {command}");
        }
    }
}

/// What bash offers where the cursor stands behind the last word.
#[cfg(unix)]
fn offered(words: &[&str]) -> Vec<String> {
    let script = r#"
        source <("$1" completions bash); shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _copydesk copydesk "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let output = Command::new("bash")
        .args(["--norc", "-c", script, "bash", env!("CARGO_BIN_EXE_copydesk")])
        .args(words)
        .output()
        .expect("bash starts");
    text(output).lines().map(str::to_owned).collect()
}

#[test]
#[cfg(unix)]
fn bash_completes_commands_flags_and_values() {
    assert_eq!(offered(&["copydesk", "dl"]), ["dlq"]);
    assert_eq!(offered(&["copydesk", "dlq", "rep"]), ["replay"]);
    assert_eq!(offered(&["copydesk", "run", "--dead"]), ["--dead-letters"]);
    assert_eq!(offered(&["copydesk", "schema", "enr"]), ["enriched"]);
}
