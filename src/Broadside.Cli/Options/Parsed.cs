using System.CommandLine;
using System.Net;

namespace Broadside.Cli.Options;

/// <summary>Makes options whose values are parsed and checked here, so that what is wrong is said the same way everywhere.</summary>
internal static class Parsed
{
    private delegate bool TryParse<T>(string text, out T value);

    /// <summary>An option that is a number of bytes.</summary>
    public static Option<ByteSize> Size(string name, ByteSize value, string description) =>
        Create<ByteSize>(name, value, description, "SIZE", ByteSize.TryParse, ByteSize.Form);

    /// <summary>An option that is a span of time.</summary>
    public static Option<Duration> Time(string name, Duration value, string description) =>
        Create<Duration>(name, value, description, "TIME", Duration.TryParse, Duration.Form);

    /// <summary>An option that is a whole number within bounds.</summary>
    public static Option<int> Number(string name, int value, int least, int most, string description) =>
        Create<int>(
            name,
            value,
            description,
            "N",
            (string text, out int number) => int.TryParse(text, out number) && number >= least && number <= most,
            most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}");

    /// <summary>An option that may be given several times, each an address of this machine.</summary>
    public static Option<IPAddress[]> Addresses(string name, IPAddress value, string description) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => [value],
        CustomParser = result =>
        {
            var addresses = new List<IPAddress>();
            foreach (var token in result.Tokens)
            {
                if (token.Value == "localhost")
                {
                    addresses.Add(IPAddress.Loopback);
                }
                else if (IPAddress.TryParse(token.Value, out var address))
                {
                    addresses.Add(address);
                }
                else
                {
                    result.AddError($"{name} wants an IP address, such as 127.0.0.1, 0.0.0.0 or ::1, not '{token.Value}'.");
                }
            }

            return [.. addresses];
        },
    };

    /// <summary>An option that is one of a few words, of which the first is the default.</summary>
    public static Option<string> Word(string name, string description, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => words[0] };
        return option.AcceptOnlyFromAmong(words);
    }

    private static Option<T> Create<T>(string name, T value, string description, string form, TryParse<T> tryParse, string wanted) => new(name)
    {
        Description = description,
        HelpName = form,
        DefaultValueFactory = _ => value,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (!tryParse(text, out var parsed))
            {
                result.AddError($"{name} wants {wanted}, not '{text}'.");
            }

            return parsed;
        },
    };
}
