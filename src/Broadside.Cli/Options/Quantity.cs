using System.Globalization;

namespace Broadside.Cli.Options;

/// <summary>A whole number with a unit, as options write it: <c>64MiB</c>, <c>250ms</c>.</summary>
internal static class Quantity
{
    /// <summary>Parses a number followed by one of the units, or by none.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="units">Each unit and what one of it is worth; compared without regard to case.</param>
    /// <param name="value">The product.</param>
    /// <returns>False when it is no such quantity, negative, or beyond 63 bits.</returns>
    public static bool TryParse(string text, IReadOnlyDictionary<string, long> units, out long value)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        value = 0;
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !units.TryGetValue(text[digits..].Trim(), out var unit))
        {
            return false;
        }

        try
        {
            value = checked(number * unit);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
