// The two scripts before this one have put Preact there: without a build step no browser finds it by its name.
export const { h, render, Fragment } = window.preact;
export const { useState, useEffect, useRef, useMemo } = window.preactHooks;
