(function () {
    'use strict';
    var form = document.getElementById('vefa-open');
    if (form) {
        form.submit();
    }
}());
