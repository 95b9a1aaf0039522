using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Broadside.Architecture.Tests;

/// <summary>An assembly's public API as text: a line a member, sorted, so that a difference reads as one.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Describe(Assembly assembly) => string.Concat(
        assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Lines).Select(line => line + "\n"));

    private static IEnumerable<string> Lines(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [$"{Header(type)} {Parameters(type.GetMethod("Invoke")!)} : {Name(type.GetMethod("Invoke")!.ReturnType)}"];
        }

        var members = type.IsEnum
            ? Enum.GetNames(type).Select(name => $"  {name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}")
            : Members(type).Order(StringComparer.Ordinal);
        return [Header(type), .. members];
    }

    private static string Header(Type type)
    {
        var kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : type.IsValueType ? (IsReadOnly(type) ? "readonly " : "") + (type.IsByRefLike ? "ref struct" : "struct")
            : type.IsAbstract && type.IsSealed ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class"
            : "class";
        var bases = new[] { type.BaseType }
            .Where(parent => parent is not null && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum)
                && parent != typeof(MulticastDelegate))
            .Concat(type.GetInterfaces().Where(contract => contract.IsVisible && !type.IsEnum))
            .Select(parent => Name(parent!)).Order(StringComparer.Ordinal).ToList();
        return $"{kind} {type.Namespace}.{Name(type)}{(bases.Count > 0 ? " : " + string.Join(", ", bases) : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        foreach (var field in type.GetFields(Declared).Where(field => IsVisible(field.IsPublic, field.IsFamily || field.IsFamilyOrAssembly, type)))
        {
            var constant = field.IsLiteral ? " = " + Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture) : "";
            yield return $"  field {(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{field.Name} : {Name(field.FieldType)}{constant}";
        }

        foreach (var property in type.GetProperties(Declared))
        {
            var accessors = new[] { ("get", property.GetMethod), ("set", property.SetMethod) }
                .Where(accessor => accessor.Item2 is not null && IsVisible(accessor.Item2, type))
                .Select(accessor => IsInitOnly(accessor.Item2!) ? "init" : accessor.Item1).ToList();
            if (accessors.Count > 0)
            {
                var indices = property.GetIndexParameters().Length > 0 ? $"[{Types(property.GetIndexParameters())}]" : "";
                var modifiers = Modifiers((property.GetMethod ?? property.SetMethod)!);
                yield return $"  property {modifiers}{property.Name}{indices} : {Name(property.PropertyType)} {{ {string.Join("; ", accessors)} }}";
            }
        }

        foreach (var declared in type.GetEvents(Declared).Where(declared => IsVisible(declared.AddMethod!, type)))
        {
            yield return $"  event {Modifiers(declared.AddMethod!)}{declared.Name} : {Name(declared.EventHandlerType!)}";
        }

        foreach (var constructor in type.GetConstructors(Declared).Where(constructor => !constructor.IsStatic && IsVisible(constructor, type)))
        {
            yield return $"  constructor {Parameters(constructor)}";
        }

        foreach (var method in type.GetMethods(Declared).Where(method => IsVisible(method, type) && IsOrdinary(method)))
        {
            var generics = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
            yield return $"  method {Modifiers(method)}{method.Name}{generics}{Parameters(method)} : {Name(method.ReturnType)}";
        }
    }

    private static bool IsOrdinary(MethodInfo method) =>
        !method.IsDefined(typeof(CompilerGeneratedAttribute))
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static bool IsVisible(MethodBase method, Type type) => IsVisible(method.IsPublic, method.IsFamily || method.IsFamilyOrAssembly, type);

    private static bool IsVisible(bool isPublic, bool isInherited, Type type) => isPublic || (isInherited && !type.IsSealed);

    private static bool IsInitOnly(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsReadOnly(Type type) => type.IsDefined(typeof(IsReadOnlyAttribute));

    private static string Modifiers(MethodInfo method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "")
        + (method.IsStatic ? "static " : "")
        + (method.DeclaringType!.IsInterface ? ""
            : method.IsAbstract ? "abstract "
            : method.GetBaseDefinition() != method ? "override "
            : method.IsVirtual && !method.IsFinal ? "virtual "
            : "");

    private static string Parameters(MethodBase method) => $"({Types(method.GetParameters())})";

    private static string Types(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(parameter =>
    {
        var direction = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        return $"{direction}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? " = " + Default(parameter) : "")}";
    }));

    private static string Default(ParameterInfo parameter) =>
        parameter.HasDefaultValue && parameter.RawDefaultValue is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture)! : "default";

    private static string Name(Type type)
    {
        if (type.IsByRef || type.IsPointer)
        {
            return Name(type.GetElementType()!) + (type.IsPointer ? "*" : "");
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        var arguments = type.GetGenericArguments();
        var simple = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        return arguments.Length == 0 ? simple : $"{simple.Split('`')[0]}<{string.Join(", ", arguments.Select(Name))}>";
    }
}
