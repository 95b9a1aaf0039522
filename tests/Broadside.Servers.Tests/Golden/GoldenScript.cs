using System.Text;

namespace Broadside.Servers.Tests.Golden;

/// <summary>An exchange with Redis, as written down in redis-7.0.txt, which explains the notation.</summary>
public sealed record GoldenScript(string Name, bool NeedsPassword, IReadOnlyList<GoldenStep> Steps)
{
    private const string Wildcard = "{*}";

    public static IReadOnlyList<GoldenScript> All { get; } = Load(Path.Combine(AppContext.BaseDirectory, "Golden", "redis-7.0.txt"));

    /// <summary>For theories: every script's name.</summary>
    public static TheoryData<string> Names => [.. All.Select(script => script.Name)];

    public static GoldenScript Named(string name) => All.Single(script => script.Name == name);

    /// <summary>Whether received bytes are what was written down, wildcards counting for anything.</summary>
    public static bool Matches(string expected, byte[] received)
    {
        var parts = expected.Split(Wildcard).Select(Unescape).ToArray();
        var text = received.AsSpan();
        if (parts.Length == 1)
        {
            return text.SequenceEqual(parts[0]);
        }

        if (!text.StartsWith(parts[0]))
        {
            return false;
        }

        // One wildcard is all that is ever needed.
        return text.Length >= parts[0].Length + parts[1].Length && text.EndsWith(parts[1]);
    }

    public static byte[] Unescape(string text)
    {
        var bytes = new List<byte>();
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                bytes.Add((byte)text[index]);
                continue;
            }

            switch (text[++index])
            {
                case 'r':
                    bytes.Add((byte)'\r');
                    break;
                case 'n':
                    bytes.Add((byte)'\n');
                    break;
                case 'x':
                    bytes.Add(Convert.ToByte(text.Substring(index + 1, 2), 16));
                    index += 2;
                    break;
                default:
                    bytes.Add((byte)text[index]);
                    break;
            }
        }

        return [.. bytes];
    }

    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var value in bytes)
        {
            _ = value switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\\' => text.Append("\\\\"),
                >= 0x20 and < 0x7F => text.Append((char)value),
                _ => text.Append($"\\x{value:x2}"),
            };
        }

        return text.ToString();
    }

    private static List<GoldenScript> Load(string path)
    {
        const string password = " [password]";
        var scripts = new List<GoldenScript>();
        var steps = new List<GoldenStep>();
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                steps = [];
                var name = line[3..];
                scripts.Add(new GoldenScript(name.Replace(password, ""), name.EndsWith(password, StringComparison.Ordinal), steps));
            }
            else
            {
                steps.Add(new GoldenStep(line[0] - '0', line[1], line.Length > 3 ? line[3..] : ""));
            }
        }

        return scripts;
    }
}

/// <summary>One line of a script.</summary>
/// <param name="Connection">Which connection.</param>
/// <param name="Kind">'&gt;' sends, '&lt;' receives, '!' the server closes.</param>
/// <param name="Text">The bytes, escaped.</param>
public sealed record GoldenStep(int Connection, char Kind, string Text);
