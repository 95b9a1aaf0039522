using System.Globalization;
using System.Text.Json;

namespace Broadside.Bench.Load;

/// <summary>What a load is told on its standard input, and answers.</summary>
internal static class LoadConsole
{
    /// <summary>Answers each line: <c>check</c>, or <c>run SECONDS</c>.</summary>
    public static async Task RunAsync(ClosedLoopLoad load)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine(line.Split(' ') switch
            {
                ["check"] => Check(load),
                ["run", var seconds] => JsonSerializer.Serialize(load.Run(double.Parse(seconds, CultureInfo.InvariantCulture))),
                _ => throw new ArgumentException("There is no such command: " + line),
            });
        }
    }

    private static string Check(ClosedLoopLoad load)
    {
        load.Check();
        return "checked";
    }
}
