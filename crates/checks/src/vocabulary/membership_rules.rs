//! Rules of dynamic groups, and which people can write what a rule asks for.
//!
//! Source of the form of rules: <https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership>

use serde_json::{Value, json};

/// What members change themselves: their phone number everywhere, the rest with a mailbox in Exchange Online, whose
/// default role assignment policy holds `MyContactInformation` and `MyProfileInformation`. Active Directory lets
/// people write most of these too.
///
/// Sources: <https://learn.microsoft.com/entra/fundamentals/users-default-permissions>,
/// <https://learn.microsoft.com/exchange/permissions-exo/role-assignment-policies>
const BY_MEMBERS: [&str; 12] = [
    "city",
    "country",
    "displayName",
    "facsimileTelephoneNumber",
    "givenName",
    "mobile",
    "physicalDeliveryOfficeName",
    "postalCode",
    "state",
    "streetAddress",
    "surname",
    "telephoneNumber",
];

/// What comes from the address and the name that an invitation holds; whoever may invite writes it, and in most tenants
/// everybody may.
///
/// Source: <https://learn.microsoft.com/graph/api/resources/invitation>
const BY_GUESTS: [&str; 6] = [
    "displayName",
    "mail",
    "mailNickname",
    "otherMails",
    "proxyAddresses",
    "userPrincipalName",
];

/// Beyond this many words a rule is not taken apart: every attribute in it counts. Entra ID stops at 3,072 characters.
const MOST_TOKENS: usize = 4096;

/// Whose membership is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Member,
    Guest,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Word(String),
    Text(String),
}

/// The attributes of users in a membership rule that people write about themselves or about the guests that they invite,
/// as `{attribute, by}`, each once and in the order of the rule.
///
/// An attribute that only stands beside `user.userType -eq "Member"` (or behind `-ne "Guest"`) is not one for guests,
/// and the other way round. What stands in quotes is no attribute. Rules on devices have none.
///
/// * `more`: attributes that members can write in this directory besides, such as `extensionAttribute7`.
pub fn attributes_people_write(rule: &str, more: &[&str]) -> Vec<Value> {
    let tokens = tokens(rule);
    let members = written(&tokens, Who::Member, more);
    let guests = written(&tokens, Who::Guest, more);
    let mut found: Vec<&str> = Vec::new();
    for attribute in tokens.iter().filter_map(attribute) {
        let is_written = contains(&members, attribute) || contains(&guests, attribute);
        if is_written && !contains(&found, attribute) {
            found.push(attribute);
        }
    }
    let by = |attribute: &str| match (contains(&members, attribute), contains(&guests, attribute)) {
        (true, true) => "members and guests",
        (true, false) => "members",
        _ => "guests",
    };
    let object = |attribute: &&str| json!({"attribute": attribute, "by": by(attribute)});
    found.iter().map(object).collect()
}

fn contains(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The attributes that `who` writes and that decide whether such a person is in.
fn written<'t>(tokens: &'t [Token], who: Who, more: &[&str]) -> Vec<&'t str> {
    let writes = |attribute: &&str| match who {
        Who::Member => contains(&BY_MEMBERS, attribute) || contains(more, attribute),
        Who::Guest => contains(&BY_GUESTS, attribute),
    };
    let deciding = if tokens.len() > MOST_TOKENS {
        tokens.iter().filter_map(attribute).collect()
    } else {
        deciding(tokens, who)
    };
    deciding.into_iter().filter(writes).collect()
}

/// The attributes in the parts of a rule that such a person can fulfil.
fn deciding(tokens: &[Token], who: Who) -> Vec<&str> {
    let tokens = without_parentheses(tokens);
    let branches = split(tokens, "or");
    if branches.len() > 1 {
        return branches
            .into_iter()
            .flat_map(|branch| deciding(branch, who))
            .collect();
    }
    let conditions = split(tokens, "and");
    if conditions.len() > 1 {
        if conditions.iter().any(|condition| !can_hold(condition, who)) {
            return Vec::new();
        }
        return conditions
            .into_iter()
            .flat_map(|condition| deciding(condition, who))
            .collect();
    }
    if can_hold(tokens, who) {
        tokens.iter().filter_map(attribute).collect()
    } else {
        Vec::new()
    }
}

/// Whether such a person can fulfil a part of a rule, as far as `userType` says.
fn can_hold(tokens: &[Token], who: Who) -> bool {
    let tokens = without_parentheses(tokens);
    let branches = split(tokens, "or");
    if branches.len() > 1 {
        return branches.into_iter().any(|branch| can_hold(branch, who));
    }
    let conditions = split(tokens, "and");
    if conditions.len() > 1 {
        return conditions
            .into_iter()
            .all(|condition| can_hold(condition, who));
    }
    let [Token::Word(name), Token::Word(operator), Token::Text(value)] = tokens else {
        return true;
    };
    if !name.eq_ignore_ascii_case("user.userType") {
        return true;
    }
    let is_same = match who {
        Who::Member => value.eq_ignore_ascii_case("Member"),
        Who::Guest => value.eq_ignore_ascii_case("Guest"),
    };
    match operator
        .trim_start_matches('-')
        .to_ascii_lowercase()
        .as_str()
    {
        "eq" => is_same,
        "ne" => !is_same,
        _ => true,
    }
}

/// The parts between the operator `word` outside parentheses.
fn split<'t>(tokens: &'t [Token], word: &str) -> Vec<&'t [Token]> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Word(found)
                if depth == 0 && found.trim_start_matches('-').eq_ignore_ascii_case(word) =>
            {
                parts.push(&tokens[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[start..]);
    parts
}

/// What stands in a pair of parentheses around the whole.
fn without_parentheses(mut tokens: &[Token]) -> &[Token] {
    while let [Token::Open, inner @ .., Token::Close] = tokens {
        let mut depth = 1_usize;
        for token in inner {
            match token {
                Token::Open => depth += 1,
                Token::Close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return tokens;
            }
        }
        tokens = inner;
    }
    tokens
}

/// The name behind `user.`.
fn attribute(token: &Token) -> Option<&str> {
    let Token::Word(word) = token else {
        return None;
    };
    let (object, name) = word.split_once('.')?;
    (object.eq_ignore_ascii_case("user") && !name.is_empty()).then_some(name)
}

/// The words, texts and parentheses of a rule. A text ends at its own quotation mark, unless a backtick or a backslash
/// stands before it; one that never ends reaches to the end of the rule.
fn tokens(rule: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut characters = rule.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '"' | '\'' => {
                let mut text = String::new();
                while let Some(next) = characters.next() {
                    match next {
                        '`' | '\\' => text.extend(characters.next()),
                        end if end == character => break,
                        other => text.push(other),
                    }
                }
                tokens.push(Token::Text(text));
            }
            first if is_of_word(first) => {
                let mut word = String::from(first);
                while let Some(next) = characters.next_if(|next| is_of_word(*next)) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
            _ => {}
        }
    }
    tokens
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '_' | '-')
}

#[cfg(test)]
mod tests;
