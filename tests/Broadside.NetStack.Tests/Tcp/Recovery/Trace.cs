using System.Globalization;
using Broadside.NetStack.Tcp.Congestion;
using Broadside.NetStack.Tcp.Recovery;

namespace Broadside.NetStack.Tests.Tcp.Recovery;

/// <summary>
/// Plays a table of events and what is expected of each: "milliseconds event | expectations". Segments are counted from zero, windows in
/// segments, deadlines in milliseconds of the table. Events: send N, fill (as much as is allowed), ack N [FROM-TO ...] [ece],
/// probe old|new, timer. Expectations: cwnd, ssthresh, flight, lost, deadline, phase, sent (by fill), rexmit (what is sent again now),
/// due (the timer).
/// </summary>
internal sealed class Trace(RecoveryScript script)
{
    private readonly double _start = script.Time;
    private int _sent;
    private RecoveryTimer _due;

    public static void Play(string table, bool sack = true, CongestionAlgorithm algorithm = CongestionAlgorithm.Reno, int? threshold = null)
    {
        var trace = new Trace(new(sack: sack, ecn: true, algorithm: algorithm, slowStartThreshold: threshold));
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            trace.Play(line);
        }
    }

    private void Play(string line)
    {
        var halves = line.Split('|');
        var words = halves[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        script.Advance(_start + Number(words[0]) - script.Time);
        Do(words[1], words[2..]);
        var expected = halves.Length > 1 ? halves[1].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        for (var index = 0; index < expected.Length; index += 2)
        {
            var place = $"{line.Trim()}: {expected[index]}";
            Assert.Equal($"{place} {expected[index + 1]}", $"{place} {Actual(expected[index], expected[index + 1])}");
        }
    }

    private void Do(string verb, string[] arguments)
    {
        switch (verb)
        {
            case "send":
                script.Send(int.Parse(arguments[0], CultureInfo.InvariantCulture));
                break;
            case "fill":
                _sent = script.SendAllowed();
                break;
            case "ack" when arguments.Contains("ece"):
                script.AcknowledgeMarked(int.Parse(arguments[0], CultureInfo.InvariantCulture));
                break;
            case "ack":
                script.Acknowledge(int.Parse(arguments[0], CultureInfo.InvariantCulture), [.. arguments[1..].Select(Block)]);
                break;
            case "probe":
                script.Probe(arguments[0] == "new");
                break;
            case "timer":
                _due = script.Recovery.OnDeadline(script.Now);
                break;
            default:
                throw new InvalidOperationException($"No event {verb}.");
        }
    }

    private string Actual(string name, string expected) => name switch
    {
        "cwnd" => Near(script.Window, expected),
        "ssthresh" => Near(script.Threshold, expected),
        "flight" => Near(script.InFlight, expected),
        "lost" => Near((double)script.Recovery.LostBytes / RecoveryScript.Segment, expected),
        "deadline" => script.Recovery.NextDeadline == TimeSpan.MaxValue ? "none" : Near(script.Recovery.NextDeadline.TotalMilliseconds - _start, expected),
        "phase" => script.Recovery.Phase.ToString(),
        "sent" => _sent.ToString(CultureInfo.InvariantCulture),
        "rexmit" => script.Retransmit() is { Length: > 0 } sent ? string.Join(',', sent) : "none",
        "due" => _due.ToString(),
        _ => throw new InvalidOperationException($"No expectation {name}."),
    };

    /// <summary>As exact as the table says it.</summary>
    private static string Near(double actual, string expected)
    {
        var decimals = expected.Contains('.') ? expected.Length - expected.IndexOf('.') - 1 : 0;
        return double.IsInfinity(actual) ? "inf" : actual.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }

    private static double Number(string word) => double.Parse(word, CultureInfo.InvariantCulture);

    private static (int From, int To) Block(string word)
    {
        var edges = word.Split('-');
        return (int.Parse(edges[0], CultureInfo.InvariantCulture), int.Parse(edges[1], CultureInfo.InvariantCulture));
    }
}
