//! Names as a company gives them: business units, workloads, environments, regions and people.

/// The company.
pub(super) const COMPANY: &str = "Northgate Mercantile";
/// Its short form in names.
pub(super) const SHORT: &str = "ngm";
/// Its domains; the first is the default.
pub(super) const DOMAINS: [&str; 3] = [
    "northgate.example",
    "northgatemercantile.onmicrosoft.com",
    "northgate-retail.example",
];

/// What the company runs. A resource group is one of them in one environment.
pub(super) const WORKLOADS: [&str; 48] = [
    "webshop",
    "orders",
    "payments",
    "billing",
    "crm",
    "erp",
    "hr",
    "payroll",
    "warehouse",
    "logistics",
    "fleet",
    "pricing",
    "catalog",
    "search",
    "loyalty",
    "marketing",
    "analytics",
    "datalake",
    "reporting",
    "ml",
    "iot",
    "telemetry",
    "identity",
    "mail",
    "intranet",
    "wiki",
    "devops",
    "build",
    "gateway",
    "api",
    "portal",
    "mobile",
    "partner",
    "procurement",
    "finance",
    "treasury",
    "tax",
    "legal",
    "audit",
    "backup",
    "monitoring",
    "security",
    "network",
    "sap",
    "returns",
    "pos",
    "kiosk",
    "forecast",
];

/// Environments with the letter that short names use, and how many of ten subscriptions have it.
pub(super) const ENVIRONMENTS: [(&str, &str, usize); 4] = [
    ("prod", "p", 5),
    ("test", "t", 2),
    ("dev", "d", 2),
    ("sandbox", "s", 1),
];

/// A region: its name, the name that portals show, and its short form in names.
pub(super) struct Region {
    pub(super) name: &'static str,
    pub(super) shown: &'static str,
    pub(super) short: &'static str,
}

const fn region(name: &'static str, shown: &'static str, short: &'static str) -> Region {
    Region { name, shown, short }
}

/// The regions the company uses, the main one first.
pub(super) const REGIONS: [Region; 6] = [
    region("westeurope", "West Europe", "weu"),
    region("northeurope", "North Europe", "neu"),
    region("eastus2", "East US 2", "eus2"),
    region("centralus", "Central US", "cus"),
    region("uksouth", "UK South", "uks"),
    region("southeastasia", "Southeast Asia", "sea"),
];

/// Departments.
pub(super) const DEPARTMENTS: [&str; 12] = [
    "Information Technology",
    "Finance",
    "Human Resources",
    "Sales",
    "Marketing",
    "Logistics",
    "Procurement",
    "Legal",
    "Customer Service",
    "Store Operations",
    "Product",
    "Security",
];

/// Job titles.
pub(super) const TITLES: [&str; 14] = [
    "Analyst",
    "Senior Analyst",
    "Engineer",
    "Senior Engineer",
    "Team Lead",
    "Manager",
    "Director",
    "Specialist",
    "Coordinator",
    "Consultant",
    "Administrator",
    "Architect",
    "Assistant",
    "Buyer",
];

/// Offices.
pub(super) const OFFICES: [&str; 8] = [
    "Rotterdam",
    "Dublin",
    "London",
    "Hamburg",
    "Charlotte",
    "Columbus",
    "Singapore",
    "Ghent",
];

/// Given names.
pub(super) const GIVEN: [&str; 64] = [
    "Aaliyah",
    "Adam",
    "Aisha",
    "Alexander",
    "Amelia",
    "Anna",
    "Anton",
    "Beatriz",
    "Ben",
    "Camille",
    "Carlos",
    "Charlotte",
    "Chen",
    "Chloe",
    "Clara",
    "Daan",
    "Daniel",
    "David",
    "Elena",
    "Elif",
    "Emil",
    "Emma",
    "Eva",
    "Fatima",
    "Felix",
    "Finn",
    "Freya",
    "Gabriel",
    "Grace",
    "Hana",
    "Hassan",
    "Ines",
    "Isaac",
    "Ivan",
    "Jack",
    "Jana",
    "Jasper",
    "Jonas",
    "Julia",
    "Karim",
    "Katarina",
    "Lars",
    "Leila",
    "Leo",
    "Lucas",
    "Maja",
    "Marco",
    "Maria",
    "Mateo",
    "Mia",
    "Milan",
    "Nadia",
    "Niamh",
    "Noah",
    "Olivia",
    "Omar",
    "Priya",
    "Rafael",
    "Sanne",
    "Sofia",
    "Tariq",
    "Thomas",
    "Yara",
    "Zoe",
];

/// Family names.
pub(super) const FAMILY: [&str; 64] = [
    "Abbott", "Adeyemi", "Andersen", "Bakker", "Banerjee", "Barros", "Becker", "Bennett", "Berg",
    "Byrne", "Chen", "Clarke", "Cohen", "Costa", "Dahl", "de Boer", "de Vries", "Diaz", "Dubois",
    "Eriksen", "Evans", "Fischer", "Fraser", "Garcia", "Gupta", "Hansen", "Haddad", "Hoffmann",
    "Hughes", "Ibrahim", "Jansen", "Jensen", "Kaur", "Kelly", "Khan", "Kim", "Koch", "Kowalski",
    "Larsen", "Lee", "Lopez", "Marino", "Meyer", "Mulder", "Murphy", "Nguyen", "Novak", "O'Brien",
    "Okafor", "Patel", "Peeters", "Petrov", "Ricci", "Rossi", "Santos", "Schmidt", "Silva", "Smit",
    "Tan", "van Dijk", "Visser", "Wagner", "Walsh", "Yilmaz",
];

/// A name's letters as an address has them.
pub(super) fn in_address(name: &str) -> String {
    let plain = name.chars().filter(char::is_ascii_alphanumeric);
    plain.collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_letters_only() {
        assert_eq!(in_address("de Boer"), "deboer");
        assert_eq!(in_address("O'Brien"), "obrien");
    }

    #[test]
    fn workloads_fit_into_the_names_of_storage_accounts() {
        // st, the workload, a letter and five digits have to stay within 24 characters.
        assert!(
            WORKLOADS
                .iter()
                .all(|word| word.len() <= 16 && word.chars().all(|c| c.is_ascii_lowercase()))
        );
    }
}
